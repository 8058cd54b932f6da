package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import java.io.IOException;
import java.time.Duration;

/** Waiting for the lock of a folder, for a while. */
final class FolderLock {

  private static final String HOLDER =
      ProcessHandle.current().pid()
          + " "
          + ProcessHandle.current().info().command().orElse("of unknown command");

  private FolderLock() {}

  /**
   * Takes the lock.
   *
   * @throws LedgerException {@code ledger.locked} if others have it all the time, naming the last
   */
  static void take(StorageFolder folder, Duration wait) throws IOException {
    long begin = System.nanoTime();
    try {
      while (!folder.tryLock(HOLDER)) {
        if (System.nanoTime() - begin >= wait.toNanos()) {
          throw new LedgerException(
              "locked",
              "the ledger "
                  + folder.location()
                  + " is being written by "
                  + folder.lockHolder()
                  + ", and was for "
                  + wait.toMillis()
                  + " ms",
              "Wait for that process or end it: the lock ends with it.");
        }
        Thread.sleep(1);
      }
    } catch (IOException | LedgerException e) {
      folder.unlock();
      throw e;
    } catch (InterruptedException e) {
      folder.unlock();
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }
}
