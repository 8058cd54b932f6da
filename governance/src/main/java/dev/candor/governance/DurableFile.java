package dev.candor.governance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that is there as a whole or not at all, and survives a loss of power once it is there. */
public final class DurableFile {

  private DurableFile() {}

  /**
   * Puts a file there, in the place of one that may be there.
   *
   * @param folder where, made if it is not there
   * @param name what it is called
   */
  public static void write(Path folder, String name, byte[] content) {
    try {
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, ".new", ".part");
      try {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
          ByteBuffer bytes = ByteBuffer.wrap(content);
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
          channel.force(true);
        }
        Files.move(part, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        // Once it has its name there is none of this one.
        Files.deleteIfExists(part);
      }
      try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      }
    } catch (FileSystemException e) {
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      // A disk without room does not say which file it was.
      IOException named =
          new FileSystemException(folder.resolve(name).toString(), null, e.getMessage());
      named.initCause(e);
      throw new UncheckedIOException(named);
    }
  }
}
