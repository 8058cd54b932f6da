package dev.candor.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that a command writes and that must not be there yet. */
final class NewFile {

  private NewFile() {}

  /**
   * Goes on only if it is not there: said before the work begins.
   *
   * @throws CommandException {@code file.exists}
   */
  static Path require(Path file) {
    if (Files.exists(file)) {
      throw exists(file);
    }
    return file;
  }

  /** Writes it, or leaves none. */
  static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw exists(file);
    } catch (FileSystemException e) {
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      // It was made, and the disk had no room for it; that does not say which file it was.
      IOException named = new FileSystemException(file.toString(), null, e.getMessage());
      named.initCause(e);
      try {
        Files.deleteIfExists(file);
      } catch (IOException left) {
        named.addSuppressed(left);
      }
      throw new UncheckedIOException(named);
    }
  }

  private static CommandException exists(Path file) {
    return new CommandException(
        "file.exists", file + " is there already", "Remove it, or say another with --out.");
  }
}
