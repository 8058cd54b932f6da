package dev.candor.governance.explanation;

import java.util.SplittableRandom;

/** Orders of spans that are drawn at random, each as likely as any other. */
final class RandomOrder {

  private RandomOrder() {}

  /** One of them (Fisher and Yates). */
  static int[] of(int spans, SplittableRandom random) {
    int[] order = new int[spans];
    for (int i = 0; i < spans; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
