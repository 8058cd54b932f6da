package dev.candor.server.batching;

import java.time.Duration;
import java.util.Optional;

/** Is told what becomes of decisions, for figures; never what was asked. Called by many threads. */
public interface RunMeter {

  /** Measures nothing. */
  RunMeter NONE =
      new RunMeter() {
        @Override
        public void told() {}

        @Override
        public void ended(Ran ran) {}
      };

  /**
   * A decision that has ended, whether it was made or not.
   *
   * @param waited from the request to its place
   * @param firstToken from the request to the first token that was told; empty if there was none
   * @param total from the request to the end
   * @param tokens that were told
   * @param failed whether it ended with an error
   */
  record Ran(
      Duration waited, Optional<Duration> firstToken, Duration total, int tokens, boolean failed) {}

  /** A token was told. */
  void told();

  /** A decision has ended. */
  void ended(Ran ran);
}
