package dev.candor.ledger.storage;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The few operations on files that the ledger needs, so that a test can be the disk. Names are
 * relative and separated by slashes; the empty name is the folder itself. Every operation that
 * changes something throws {@link IOException} when it fails.
 */
interface StorageFolder extends AutoCloseable {

  /** Where it is, for messages. */
  String location();

  /** Opens a file for reading and writing, an empty one if there is none. */
  StorageFile open(String name) throws IOException;

  /** Opens a file for reading; empty if there is none. */
  Optional<StorageFile> openExisting(String name) throws IOException;

  /** The names in a folder, in ascending order; none if it is not there. */
  List<String> list(String folder) throws IOException;

  /** Bytes of a file; 0 of a folder, and if there is none. */
  long size(String name) throws IOException;

  /** Makes a folder within an existing one; nothing happens if it is there. */
  void createFolder(String name) throws IOException;

  /** Gives a file another name, in place of the file that had it. */
  void rename(String from, String to) throws IOException;

  /** Returns when the names in a folder would survive a loss of power. */
  void forceFolder(String name) throws IOException;

  /**
   * Takes the lock of the folder for this process, or does not. It is free again when the process
   * ends, however it ends.
   *
   * @param holder who takes it, for those who do not get it
   * @return whether it was taken
   */
  boolean tryLock(String holder) throws IOException;

  /** Gives the lock back. */
  void unlock() throws IOException;

  /** Who has taken the lock, as far as the lock file tells. */
  String lockHolder() throws IOException;

  /** Bytes that can still be written. */
  long freeBytes() throws IOException;

  @Override
  void close() throws IOException;

  /** All bytes of a file, at most so many; empty if there is none. */
  default Optional<byte[]> readAll(String name, int most) throws IOException {
    Optional<StorageFile> opened = openExisting(name);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (StorageFile file = opened.get()) {
      return Optional.of(file.read(0, (int) Math.min(file.size(), most)));
    }
  }
}
