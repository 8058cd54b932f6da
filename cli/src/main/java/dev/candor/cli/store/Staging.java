package dev.candor.cli.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A model on its way into the store: a folder that becomes one of the finished ones by a rename
 * when it is complete, and is removed if it does not get there. It already has the model's name,
 * which messages about its files then say. A process that is told to end (SIGINT, SIGTERM) removes
 * it too; the folder around it carries the process that fills it, so that the next addition can
 * clear away what a crash left behind.
 */
final class Staging implements AutoCloseable {

  /** Names of folders that are no models begin with a dot. */
  static final String PREFIX = ".adding-";

  private static final int CHUNK = 1 << 20;

  /**
   * A file that is complete in the folder.
   *
   * @param name its plain name
   * @param sizeBytes its size
   * @param digest its SHA-256, 64 lower-case hexadecimal digits
   */
  record StagedFile(String name, long sizeBytes, String digest) {}

  private final Path around;
  private final Path folder;
  private final List<StagedFile> files = new ArrayList<>();
  private final BegunWork begun;
  private boolean published;

  private Staging(Path around, Path folder) {
    this.around = around;
    this.folder = folder;
    this.begun = new BegunWork("candor-staging", this::abandon);
  }

  /** Begins a model in the folder of models; removes what dead processes left there. */
  static Staging in(Path models, String name) {
    try {
      Files.createDirectories(models);
      sweep(models);
      Path around =
          models.resolve(
              PREFIX
                  + ProcessHandle.current().pid()
                  + "-"
                  + Long.toHexString(ThreadLocalRandom.current().nextLong()));
      return new Staging(around, Files.createDirectories(around.resolve(name)));
    } catch (IOException e) {
      throw failed(e, models);
    }
  }

  Path folder() {
    return folder;
  }

  List<StagedFile> files() {
    return List.copyOf(files);
  }

  /**
   * Writes one file from its parts in order and makes it durable.
   *
   * @param name its plain name
   * @param parts streams to concatenate; the caller closes them
   * @param limitBytes refused beyond this size
   * @param declaredBytes the size for the progress, -1 if unknown
   */
  StagedFile write(
      String name,
      Iterable<? extends InputStream> parts,
      long limitBytes,
      long declaredBytes,
      Progress progress) {
    Path target = folder.resolve(SafeNames.requirePlain(name));
    requireSpace(declaredBytes);
    MessageDigest digest = Digests.sha256();
    long written = 0;
    byte[] chunk = new byte[CHUNK];
    try (FileChannel out =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (InputStream part : parts) {
        for (int read = part.read(chunk); read >= 0; read = part.read(chunk)) {
          written += read;
          if (written > limitBytes) {
            throw new StoreException(
                "too-large",
                name + " is longer than the " + limitBytes + " bytes it may have",
                "Do not use this source; it may be malicious.");
          }
          digest.update(chunk, 0, read);
          ByteBuffer buffer = ByteBuffer.wrap(chunk, 0, read);
          while (buffer.hasRemaining()) {
            out.write(buffer);
          }
          progress.update(name, written, declaredBytes);
        }
      }
      out.force(true);
    } catch (IOException e) {
      throw failed(e, target);
    }
    StagedFile file = new StagedFile(name, written, HexFormat.of().formatHex(digest.digest()));
    files.add(file);
    return file;
  }

  /** Takes over a file that is complete elsewhere on the same file system. */
  StagedFile take(Path source, String name, String digest) {
    try {
      Path target = folder.resolve(SafeNames.requirePlain(name));
      Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
      StagedFile file = new StagedFile(name, Files.size(target), digest);
      files.add(file);
      return file;
    } catch (IOException e) {
      throw failed(e, source);
    }
  }

  /**
   * Makes the folder a model.
   *
   * @throws StoreException {@code store.exists} if there is one of that name by now
   */
  void publish(Path target) {
    try {
      force(folder);
      Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
      published = true;
      force(target.resolveSibling("."));
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      throw exists(target);
    } catch (IOException e) {
      if (Files.exists(target) && !published) {
        throw exists(target);
      }
      throw failed(e, target);
    }
  }

  @Override
  public void close() {
    begun.close();
    delete(around);
  }

  /** Renamed first: nobody can put anything more into it, or make a model of a part of it. */
  private void abandon() {
    Path doomed = around.resolveSibling(around.getFileName() + "-abandoned");
    try {
      Files.move(around, doomed, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      return; // The next addition sweeps it away.
    }
    delete(doomed);
  }

  /** Refuses early if the file system has no room for so many bytes. */
  void requireSpace(long bytes) {
    requireSpace(folder, bytes);
  }

  static void requireSpace(Path folder, long bytes) {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      if (bytes > free) {
        throw new StoreException(
            "disk-full",
            bytes + " bytes are needed in " + folder + ", " + free + " are free",
            "Free some space, or set CANDOR_HOME to a folder on a larger disk.");
      }
    } catch (IOException e) {
      throw failed(e, folder);
    }
  }

  /** What an error of the file system means to a user. */
  static RuntimeException failed(IOException e, Path where) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    if (message.contains("No space left") || message.contains("Disk quota")) {
      return new StoreException(
          "disk-full",
          "no space is left for " + where,
          "Free some space, or set CANDOR_HOME to a folder on a larger disk.");
    }
    return new UncheckedIOException(e);
  }

  /** Removes a folder and everything in it; links are removed, not followed. */
  static void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw failed(e, folder);
    }
  }

  /** There is a model of that name already. */
  static StoreException exists(Path target) {
    return new StoreException(
        "exists",
        "there is already a model named " + target.getFileName(),
        "Give another name, or remove the model first.");
  }

  private static void sweep(Path models) throws IOException {
    try (Stream<Path> entries = Files.list(models)) {
      for (Path entry : entries.filter(Staging::isAbandoned).toList()) {
        delete(entry);
      }
    }
  }

  private static boolean isAbandoned(Path entry) {
    String name = String.valueOf(entry.getFileName());
    if (!name.startsWith(PREFIX)) {
      return false;
    }
    String process = name.substring(PREFIX.length()).replaceFirst("-.*", "");
    return !process.matches("\\d{1,18}")
        || ProcessHandle.of(Long.parseLong(process)).filter(ProcessHandle::isAlive).isEmpty();
  }

  /** Makes the names in a folder durable, where the system allows to open one. */
  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (AccessDeniedException e) {
      // Windows has no such thing and needs none.
      return;
    }
  }
}
