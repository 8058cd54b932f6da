package dev.candor.server.prefixes;

import dev.candor.server.ServerException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of the files, for its owner alone. One process at a time has it. A file is there as a
 * whole and survives a loss of power, or it is not there.
 */
final class PrefixFolder implements AutoCloseable {

  private static final String SUFFIX = ".prefix";
  private static final Pattern FILE = Pattern.compile("[0-9a-f]{64}\\.prefix");
  private static final Pattern UNFINISHED = Pattern.compile("new[0-9]+\\.part");
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path folder;
  private final FileChannel lock;

  private PrefixFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** A file that is there. */
  record Found(String name, FileTime used) {}

  /** Writes a file. */
  interface Content {
    void writeTo(WritableByteChannel file) throws IOException;
  }

  /**
   * Takes the folder, and makes it if it is not there.
   *
   * @throws ServerException {@code server.prefixes-in-use} if another process has it
   */
  static PrefixFolder open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
    if (isPosix(folder)) {
      Files.setPosixFilePermissions(folder, OWNER_ONLY);
    }
    FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (lock.tryLock() != null) {
        return new PrefixFolder(folder, lock);
      }
    } catch (OverlappingFileLockException e) {
      // This process has it already.
      lock.close();
      throw inUse(folder);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
    lock.close();
    throw inUse(folder);
  }

  private static ServerException inUse(Path folder) {
    return new ServerException(
        "prefixes-in-use",
        "another server keeps its saved states in " + folder,
        "Let one of the two do without (--prefix-disk 0).");
  }

  private static boolean isPosix(Path path) throws IOException {
    return Files.getFileStore(path).supportsFileAttributeView("posix");
  }

  Path path() {
    return folder;
  }

  /** Where a file of this name is. */
  Path file(String name) {
    return folder.resolve(name + SUFFIX);
  }

  /** All files, the longest unused first; what a process has left that was killed is removed. */
  List<Found> files() throws IOException {
    List<Found> found = new ArrayList<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String file = path.getFileName().toString();
        if (UNFINISHED.matcher(file).matches()) {
          Files.deleteIfExists(path);
        } else if (FILE.matcher(file).matches()) {
          String name = file.substring(0, file.length() - SUFFIX.length());
          found.add(new Found(name, Files.getLastModifiedTime(path)));
        }
      }
    }
    found.sort(Comparator.comparing(Found::used).thenComparing(Found::name));
    return found;
  }

  /** Puts a file there. When this returns, it survives a loss of power. */
  void put(String name, Content content) throws IOException {
    Path part = Files.createTempFile(folder, "new", ".part");
    try {
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(part, file(name), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      // Once it has its name there is none of this one.
      Files.deleteIfExists(part);
    }
    if (isPosix(folder)) {
      try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      }
    }
  }

  /** Notes that a file was used now, so that the next process knows it too. */
  void touch(String name, FileTime now) throws IOException {
    try {
      Files.setLastModifiedTime(file(name), now);
    } catch (NoSuchFileException e) {
      // It has just made room for another.
      return;
    }
  }

  void remove(String name) throws IOException {
    Files.deleteIfExists(file(name));
  }

  /** Lets another process have it. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
