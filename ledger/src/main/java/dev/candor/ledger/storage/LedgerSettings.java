package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.notes.NoteSigner;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/**
 * How a ledger is written.
 *
 * @param origin who it is, the first line of its checkpoints
 * @param signers who signs its checkpoints; asked each time one is made
 * @param clock where {@code at} of each entry comes from
 * @param lockWait how long to wait for other processes that write
 */
public record LedgerSettings(
    String origin, Supplier<List<NoteSigner>> signers, InstantSource clock, Duration lockWait) {

  /** How long to wait unless said otherwise. */
  public static final Duration LOCK_WAIT = Duration.ofSeconds(5);

  private static final Duration MOST_WAIT = Duration.ofHours(1);

  /**
   * @throws LedgerException {@code ledger.lock-wait} if the wait is negative or above an hour
   */
  public LedgerSettings {
    if (lockWait.isNegative() || lockWait.compareTo(MOST_WAIT) > 0) {
      throw new LedgerException(
          "lock-wait",
          "the wait for the lock is " + lockWait + ", allowed are 0 to " + MOST_WAIT,
          "Give another wait.");
    }
  }

  /** With the machine's clock and the usual wait. */
  public LedgerSettings(String origin, Supplier<List<NoteSigner>> signers) {
    this(origin, signers, InstantSource.system(), LOCK_WAIT);
  }
}
