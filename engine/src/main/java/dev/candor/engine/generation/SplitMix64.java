package dev.candor.engine.generation;

/**
 * The generator SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014), addressed by place instead of by turn: a draw depends on the seed and
 * on the place alone, so that an answer goes on with the same draws after a pause, from a saved
 * state or in a fork.
 */
final class SplitMix64 {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private SplitMix64() {}

  /** The output number {@code place}, counted from 0, of the generator with this seed. */
  static long at(long seed, long place) {
    long z = seed + (place + 1) * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The same output as a number in [0, 1): its upper 53 bits divided by 2^53. */
  static double unitAt(long seed, long place) {
    return (at(seed, place) >>> 11) * 0x1p-53;
  }
}
