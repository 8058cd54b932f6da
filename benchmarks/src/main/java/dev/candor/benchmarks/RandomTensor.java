package dev.candor.benchmarks;

import dev.candor.engine.weights.WeightSource.SourceTensor;
import java.util.List;

/**
 * A tensor of numbers that follow from a seed, its name and the row: the same on every machine and
 * for any number of threads.
 *
 * @param name Hugging Face name
 * @param shape extents, outermost first
 * @param seed of the whole checkpoint
 * @param values what is drawn
 */
record RandomTensor(String name, List<Integer> shape, long seed, Values values)
    implements SourceTensor {

  /** A distribution. */
  sealed interface Values {

    /** Nearly normal, with this mean and standard deviation. */
    record Normal(float mean, float deviation) implements Values {}

    /** ln 1 … ln N along each row: the initial A of a Mamba layer (S4D-real). */
    record LogCount() implements Values {}

    /**
     * Biases whose softplus is spread evenly, on a logarithmic scale, over [0.001, 0.1]: the
     * initial step sizes of a Mamba layer.
     */
    record StepSizes() implements Values {}
  }

  @Override
  public void readRow(long row, float[] out) {
    int columns = shape.getLast();
    long state = mix(mix(seed ^ name.hashCode() * 0x9e3779b97f4a7c15L) + row);
    switch (values) {
      case Values.Normal normal -> {
        for (int j = 0; j < columns; j++) {
          state += 0x9e3779b97f4a7c15L;
          out[j] = normal.mean() + normal.deviation() * nearlyNormal(mix(state));
        }
      }
      case Values.LogCount _ -> {
        for (int j = 0; j < columns; j++) {
          out[j] = (float) StrictMath.log(j + 1);
        }
      }
      case Values.StepSizes _ -> {
        for (int j = 0; j < columns; j++) {
          state += 0x9e3779b97f4a7c15L;
          double uniform = (mix(state) >>> 11) * 0x1p-53;
          double step = StrictMath.exp(StrictMath.log(0.001) + uniform * StrictMath.log(100));
          out[j] = (float) (step + StrictMath.log(-StrictMath.expm1(-step)));
        }
      }
    }
  }

  /** Four uniform numbers of 16 bits, added (Irwin–Hall): mean 0, variance 1, within ±3.5. */
  private static float nearlyNormal(long bits) {
    int sum = (int) (bits & 0xffff) + (int) (bits >>> 16 & 0xffff);
    sum += (int) (bits >>> 32 & 0xffff) + (int) (bits >>> 48);
    return (sum - 2 * 65535) * (1.7320508f / 65536);
  }

  /** The finaliser of SplitMix64. */
  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
