package dev.candor.ledger.keys;

import dev.candor.ledger.LedgerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files that only their owner may read, written so that a power cut leaves the old or the new. */
final class PrivateFile {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER_OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);
  private static final Set<PosixFilePermission> GROUP =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE);

  private PrivateFile() {}

  /**
   * Refuses a file that others may read. On a file system without such permissions it is the
   * operator who has to see to that.
   *
   * @param groupAllowed whether the group's permissions do not count: an access list shows up there
   */
  static void requirePrivate(Path file, boolean groupAllowed) throws IOException {
    if (!isPosix(file)) {
      return;
    }
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(Files.getPosixFilePermissions(file));
    Set<PosixFilePermission> tooMany = EnumSet.copyOf(OTHERS);
    if (!groupAllowed) {
      tooMany.addAll(GROUP);
    }
    tooMany.retainAll(permissions);
    if (!tooMany.isEmpty()) {
      throw new LedgerException(
          "file-not-private",
          file
              + " has the mode "
              + PosixFilePermissions.toString(permissions)
              + ", allowed is nothing beyond rw-------",
          "Run chmod 600 on it, and change what it holds if others may have read it.");
    }
  }

  /** Creates a folder, and those above it, for its owner alone. */
  static void createFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null && isPosix(nearestExisting(parent))) {
      Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER_OWNER_ONLY));
    } else {
      Files.createDirectories(folder);
    }
  }

  /** Replaces a file, durably; what was in it before is overwritten once the new one is there. */
  static void replace(Path file, byte[] bytes) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    overwriteAndDelete(fresh); // What an interrupted call has left.
    write(fresh, bytes);
    try (FileChannel before = openIfThere(file)) {
      try {
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        throw new FileSystemException(file.toString(), null, "cannot be replaced in one step");
      }
      forceFolder(file);
      if (before != null) {
        overwrite(before);
      }
    }
  }

  /** Creates a file that must not be there yet, durably and whole or not at all. */
  static void create(Path file, byte[] bytes) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    overwriteAndDelete(fresh);
    write(fresh, bytes);
    try {
      Files.createLink(file, fresh); // Unlike a rename it fails if the name is taken.
    } finally {
      Files.delete(fresh);
    }
    forceFolder(file);
  }

  /** Overwrites a file with random bytes and deletes it, durably; nothing if it is not there. */
  static void overwriteAndDelete(Path file) throws IOException {
    try (FileChannel channel = openIfThere(file)) {
      if (channel == null) {
        return;
      }
      overwrite(channel);
    }
    Files.delete(file);
    forceFolder(file);
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    FileAttribute<?>[] attributes =
        isPosix(folderOf(file))
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    try (FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      writeAll(channel, bytes);
      channel.force(true);
    }
  }

  private static void overwrite(FileChannel channel) throws IOException {
    byte[] noise = new byte[Math.toIntExact(channel.size())];
    new SecureRandom().nextBytes(noise);
    channel.position(0);
    writeAll(channel, noise);
    channel.force(true);
  }

  private static void writeAll(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static @Nullable FileChannel openIfThere(Path file) throws IOException {
    try {
      return FileChannel.open(file, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** A new name is durable once its folder is; where a folder cannot be opened, it is at once. */
  private static void forceFolder(Path file) throws IOException {
    if (isPosix(folderOf(file))) {
      try (FileChannel folder = FileChannel.open(folderOf(file), StandardOpenOption.READ)) {
        folder.force(true);
      }
    }
  }

  static Path folderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalArgumentException(file + " is no file in a folder");
    }
    return folder;
  }

  private static Path nearestExisting(Path folder) {
    Path at = folder;
    while (!Files.exists(at)) {
      at = folderOf(at);
    }
    return at;
  }

  private static boolean isPosix(Path path) throws IOException {
    return Files.getFileStore(path).supportsFileAttributeView("posix");
  }
}
