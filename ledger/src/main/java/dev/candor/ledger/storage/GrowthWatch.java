package dev.candor.ledger.storage;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A look at how long the ledger is, for whoever asks before each token: one read of a file that
 * stays open, without the lock. The file is written over in its place; one that was put in its
 * place is seen after {@link #forget}. Safe for use by several threads.
 */
final class GrowthWatch {

  private final StorageFolder folder;
  private @Nullable StorageFile file;
  private byte[] last = new byte[0];
  private long size;

  GrowthWatch(StorageFolder folder) {
    this.folder = folder;
  }

  /** Up to which size entries are known to be durable; 0 if nothing is known. */
  synchronized long size() throws IOException {
    StorageFile open = file;
    if (open == null) {
      Optional<StorageFile> there = folder.openExisting(Acknowledgement.NAME);
      if (there.isEmpty()) {
        return 0;
      }
      open = there.get();
      file = open;
    }
    byte[] bytes = open.read(0, Acknowledgement.MOST_BYTES);
    if (!Arrays.equals(bytes, last)) {
      // Half of one that is being written says nothing; the next look sees all of it.
      size = Acknowledgement.parse(bytes).map(Acknowledgement::size).orElse(0L);
      last = bytes;
    }
    return size;
  }

  /** Gives the file back; the next look opens it again. */
  synchronized void forget() throws IOException {
    StorageFile open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }
}
