package dev.candor.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command line names and that is read as a whole. */
final class TextFile {

  private TextFile() {}

  /**
   * Its text, UTF-8.
   *
   * @throws CommandException {@code file.not-utf8}, {@code file.folder}
   */
  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new CommandException(
          "file.not-utf8", file + " is not UTF-8", "Save it as UTF-8, or name a file of text.");
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /**
   * Its bytes.
   *
   * @throws CommandException {@code file.folder}
   */
  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /** What Java says of a folder does not name it. */
  private static RuntimeException failed(Path file, IOException e) {
    return Files.isDirectory(file)
        ? new CommandException("file.folder", file + " is a folder", "Name a file.")
        : new UncheckedIOException(e);
  }
}
