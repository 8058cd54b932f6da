package dev.candor.training.lessons;

import java.util.List;
import java.util.SplittableRandom;

/** The random choices of one exercise. */
final class Draws {

  private final SplittableRandom random;

  private Draws(SplittableRandom random) {
    this.random = random;
  }

  /** Those of an exercise, independent of those of its neighbours. */
  static Draws of(long seed, String lesson, Split split, long index) {
    long mixed = StableHash.mix(seed ^ StableHash.of(lesson + "/" + split));
    return new Draws(new SplittableRandom(StableHash.mix(mixed + index)));
  }

  /** A number from 0, below the bound. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** A number from the least to the most. */
  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  char pick(String from) {
    return from.charAt(random.nextInt(from.length()));
  }

  /** Puts a list into random order. */
  <T> void shuffle(List<T> list) {
    for (int i = list.size() - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      T moved = list.get(i);
      list.set(i, list.get(other));
      list.set(other, moved);
    }
  }
}
