package dev.candor.governance.explanation;

import java.util.SplittableRandom;

/** Scorers whose truth is known, in the place of a model. */
final class Synthetic {

  private Synthetic() {}

  /** Three labels; each span speaks for the first by its weight, and pairs may say it twice. */
  static Scorer additive(double[] weights) {
    return of(weights.length, kept -> kept.indices().mapToDouble(i -> weights[i]).sum());
  }

  /** Any function of the subsets: a hash of seed and subset, the same each time. */
  static Scorer arbitrary(int spans, long seed) {
    return of(spans, kept -> new SplittableRandom(seed * 31 + kept.hashCode()).nextDouble(-2, 2));
  }

  /** Weights around 0, some large and most small, as those of words are. */
  static double[] weights(int spans, SplittableRandom random) {
    double[] weights = new double[spans];
    for (int i = 0; i < spans; i++) {
      double z = random.nextGaussian();
      weights[i] = z * z * z / 3;
    }
    return weights;
  }

  /** Log-odds of the first label against the second; the third is improbable. */
  interface LogOdds {
    double of(Subset kept);
  }

  static Scorer of(int spans, LogOdds logOdds) {
    return new Scorer() {
      @Override
      public int spans() {
        return spans;
      }

      @Override
      public double[] logProbabilities(Subset kept) {
        double f = logOdds.of(kept);
        double first = StrictMath.exp(f / 2);
        double second = StrictMath.exp(-f / 2);
        double sum = first + second + 0.01;
        return new double[] {
          StrictMath.log(first / sum), StrictMath.log(second / sum), StrictMath.log(0.01 / sum)
        };
      }
    };
  }
}
