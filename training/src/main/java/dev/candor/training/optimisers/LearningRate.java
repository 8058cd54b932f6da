package dev.candor.training.optimisers;

/**
 * How long steps are, by the tokens seen. It rises from 0 to the peak in a straight line, stays
 * there, and falls to a share of the peak.
 *
 * @param peak the highest
 * @param warmUpTokens how long it rises; 0 or more
 * @param decay how it falls
 * @param decayTokens how long it falls, at the end
 * @param finalShare where it ends, as a share of the peak
 * @param totalTokens when it ends
 */
public record LearningRate(
    double peak,
    long warmUpTokens,
    Decay decay,
    long decayTokens,
    double finalShare,
    long totalTokens)
    implements RateSchedule {

  /** The curve of the fall. */
  public enum Decay {
    /** In a straight line. */
    LINEAR,
    /** Half a wave (Loshchilov and Hutter, arXiv 1608.03983, equation 5, without restarts). */
    COSINE
  }

  public LearningRate {
    if (warmUpTokens < 0 || decayTokens < 0 || warmUpTokens + decayTokens > totalTokens) {
      throw new IllegalArgumentException(
          "warm-up of " + warmUpTokens + " and decay of " + decayTokens + " in " + totalTokens);
    }
  }

  /** The first token at which it falls. */
  public long decayStart() {
    return totalTokens - decayTokens;
  }

  @Override
  public double at(long tokens) {
    if (tokens < warmUpTokens) {
      return peak * tokens / warmUpTokens;
    }
    if (tokens <= decayStart()) {
      return peak;
    }
    double done = Math.min(1, (double) (tokens - decayStart()) / decayTokens);
    double left =
        switch (decay) {
          case LINEAR -> 1 - done;
          case COSINE -> (1 + StrictMath.cos(StrictMath.PI * done)) / 2;
        };
    return peak * (finalShare + (1 - finalShare) * left);
  }
}
