package dev.candor.ledger.storage;

import dev.candor.ledger.InputOutput;
import dev.candor.ledger.LedgerException;
import java.io.IOException;

/** What the ledger says when the operating system refuses. */
final class StorageFailure {

  /** With less than this left, a write that fails is taken to have failed for want of room. */
  private static final long NO_ROOM_BYTES = 64 * 1024;

  private StorageFailure() {}

  /**
   * {@code ledger.disk-full} if there is no room, {@code ledger.storage-failed} otherwise.
   *
   * @param what was being done
   */
  static LedgerException of(String what, StorageFolder folder, IOException cause) {
    if (free(folder) < NO_ROOM_BYTES) {
      return new LedgerException(
          "disk-full",
          what + " in " + folder.location() + " failed: the disk has no room left",
          "Make room. Nothing that had been acknowledged is lost, and nothing was evicted.",
          cause);
    }
    return new LedgerException(
        "storage-failed",
        what + " in " + folder.location() + " failed: " + InputOutput.where(cause),
        "Nothing that had been acknowledged is lost. Check the disk, then go on: the files are"
            + " read and verified again first.",
        cause);
  }

  private static long free(StorageFolder folder) {
    try {
      return folder.freeBytes();
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }
}
