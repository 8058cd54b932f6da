package dev.candor.cli;

import java.util.List;

/**
 * Answers that were given at once.
 *
 * @param nanos from the first beginning to the last end
 * @param cpuNanos processor time of all threads meanwhile
 * @param answers one for each thread
 */
record OverheadRound(long nanos, long cpuNanos, List<AnswerTimes> answers) {

  /**
   * When an answer was how far, in nanoseconds from its beginning.
   *
   * @param admitted consent and policy allow it; 0 for a bare one
   * @param firstToken the first token was told
   * @param answered the last one was
   * @param ended it is recorded; of a bare one the same as answered
   */
  record AnswerTimes(long admitted, long firstToken, long answered, long ended) {

    /** What the tokens behind the first take. */
    long others() {
      return answered - firstToken;
    }

    /** What the record of the end takes. */
    long recording() {
      return ended - answered;
    }
  }
}
