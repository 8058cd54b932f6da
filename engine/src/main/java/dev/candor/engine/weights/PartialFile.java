package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that appears under its name only when it is whole and on disk. Until then, and after a
 * crash, there is at most a {@code .partial} beside it; a process that is told to end (SIGINT,
 * SIGTERM) removes it.
 */
final class PartialFile implements AutoCloseable {

  private final Path file;
  private final Path partial;
  private final FileChannel channel;
  private final Thread atExit = new Thread(this::abandon, "candor-partial-file");
  private boolean published;

  private PartialFile(Path file, Path partial, FileChannel channel) {
    this.file = file;
    this.partial = partial;
    this.channel = channel;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  static PartialFile create(Path file) {
    try {
      // Not a temporary file of the JDK: those may be read by their owner only.
      Path partial = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".partial");
      FileChannel channel =
          FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try {
        return new PartialFile(file, partial, channel);
      } catch (IllegalStateException e) {
        // The process is ending already: nobody would remove the file.
        channel.close();
        Files.delete(partial);
        throw e;
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /** Appends what remains in the buffer. */
  void append(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /**
   * Forces everything to disk and gives the file its name.
   *
   * @param options whether a file of this name is replaced
   */
  void publish(CopyOption... options) {
    try {
      channel.force(true);
      channel.close();
      Files.move(partial, file, options);
      published = true;
      forceFolder();
    } catch (FileAlreadyExistsException e) {
      throw exists(file);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /** Removes what was written unless it was {@link #publish published}. */
  @Override
  public void close() {
    try {
      channel.close();
      Runtime.getRuntime().removeShutdownHook(atExit);
      if (!published) {
        Files.deleteIfExists(partial);
      }
    } catch (IllegalStateException e) {
      // The process is ending: the hook removes it.
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private void abandon() {
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      // It stays, as it would behind a crash.
      return;
    }
  }

  /** Makes the new name itself durable; some file systems do not let a folder be opened. */
  private void forceFolder() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    try (FileChannel opened = FileChannel.open(folder, StandardOpenOption.READ)) {
      opened.force(true);
    } catch (AccessDeniedException e) {
      // Windows: a rename there is durable with the file itself.
    }
  }

  static void requireAbsent(Path file) {
    if (Files.exists(file)) {
      throw exists(file);
    }
  }

  private static WeightsException exists(Path file) {
    return new WeightsException(
        "exists", file + " is there already", "Remove it or choose another name.");
  }

  private static WeightsException failed(Path file, IOException e) {
    return new WeightsException(
        "io",
        file
            + " cannot be written: "
            + (e instanceof NoSuchFileException ? "there is no such folder" : e.getMessage()),
        "Check that the folder exists, may be written to and has room.");
  }
}
