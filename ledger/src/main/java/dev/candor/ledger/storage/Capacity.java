package dev.candor.ledger.storage;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * How much a ledger holds and how much more it can. Nothing is ever evicted to make room.
 *
 * @param entries durable ones
 * @param usedBytes of all files of the ledger
 * @param freeBytes that its disk can still take
 */
public record Capacity(long entries, long usedBytes, long freeBytes) {

  /** An entry is taken to have this many bytes until there are enough to know. */
  private static final double FIRST_GUESS_BYTES = 512;

  private static final long ENOUGH_ENTRIES = 256;

  /** What to do something about, the worst last. */
  public enum Warning {
    /** 70 % of what the ledger could have is used, or less than 256 MiB are left. */
    LOW(0.70, 256L << 20),
    /** 85 %, or less than 64 MiB. */
    VERY_LOW(0.85, 64L << 20),
    /** 95 %, or less than 16 MiB. */
    ALMOST_FULL(0.95, 16L << 20);

    private final double share;
    private final long leftBytes;

    Warning(double share, long leftBytes) {
      this.share = share;
      this.leftBytes = leftBytes;
    }
  }

  /** Bytes of an entry on the disk, with its share of hashes and commits. */
  public double bytesPerEntry() {
    return entries < ENOUGH_ENTRIES ? FIRST_GUESS_BYTES : (double) usedBytes / entries;
  }

  /** How many more entries there is room for, if they are like those there are. */
  public long entriesLeft() {
    return Math.min(Ledger.MOST_ENTRIES - entries, (long) (freeBytes / bytesPerEntry()));
  }

  /** The worst warning that applies. */
  public Optional<Warning> warning() {
    double share = (double) usedBytes / Math.max(1, usedBytes + freeBytes);
    Optional<Warning> worst = Optional.empty();
    for (Warning warning : Warning.values()) {
      if (share >= warning.share || freeBytes < warning.leftBytes) {
        worst = Optional.of(warning);
      }
    }
    return worst;
  }

  static Capacity of(StorageFolder folder, long entries) throws IOException {
    return new Capacity(entries, bytesIn(folder, ""), folder.freeBytes());
  }

  private static long bytesIn(StorageFolder folder, String name) throws IOException {
    List<String> inside = folder.list(name);
    if (inside.isEmpty()) {
      return folder.size(name);
    }
    long bytes = 0;
    for (String one : inside) {
      bytes += bytesIn(folder, name.isEmpty() ? one : name + "/" + one);
    }
    return bytes;
  }
}
