package dev.candor.governance.decisions;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A decision that has been made and is on its way to the disk. Its output may not be told before
 * {@link #await} has returned.
 */
public final class PendingDecision {

  private final CompletableFuture<Decision> decision;

  PendingDecision(CompletableFuture<Decision> decision) {
    this.decision = decision;
  }

  /**
   * Waits until it is durable.
   *
   * @throws dev.candor.ledger.LedgerException if it cannot be recorded: then there is no answer
   */
  public Decision await() {
    return joined(decision);
  }

  /** The result of a future, or what it failed with, as it was thrown there. */
  static <T> T joined(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }
}
