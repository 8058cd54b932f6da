package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import dev.candor.governance.loading.EvidenceGate;
import dev.candor.governance.loading.EvidenceStatus;
import dev.candor.governance.loading.LoadCandidate;
import dev.candor.governance.loading.LoaderMode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Whether a model may be used that was opened for it. It is found out beside the rest of a start,
 * and waited for before the first request is put together.
 */
final class LoadClearance {

  private final Streams streams;
  private final String name;
  private final CompletableFuture<EvidenceGate.Clearance> asked;
  private boolean told;

  /** Begins to find out. */
  LoadClearance(
      Streams streams, Governance governance, Principal principal, LoadCandidate candidate) {
    this.streams = streams;
    this.name = candidate.name();
    this.asked = governance.later(() -> governance.gate().load(principal, candidate));
  }

  /**
   * Goes on only if it may be used. Where the loader only warns, what is missing is said, once.
   *
   * @throws dev.candor.governance.GovernanceException {@code governance.load-refused}
   */
  synchronized void require() {
    EvidenceGate.Clearance clearance;
    try {
      clearance = asked.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
    if (!told && clearance.mode() == LoaderMode.WARN && !clearance.obstacles().isEmpty()) {
      streams.err().println("The loader would refuse " + name + " in the mode enforce:");
      for (EvidenceStatus.Obstacle obstacle : clearance.obstacles()) {
        streams.err().println("  " + obstacle.what() + ": " + obstacle.command());
      }
    }
    told = true;
  }

  /** Waits until nobody reads the model's bytes any more. */
  void settle() {
    asked.handle((_, _) -> 0).join();
  }
}
