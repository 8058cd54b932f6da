package dev.candor.training.layers;

import java.util.Arrays;

/** One row of numbers for each token; grows with the longest batch and is used again. */
final class Rows {

  private final int width;
  private float[] values = {};

  Rows(int width) {
    this.width = width;
  }

  int width() {
    return width;
  }

  /** Room for so many tokens, [tokens, width]; what is in it is not defined. */
  float[] of(int tokens) {
    int size = Math.multiplyExact(tokens, width);
    if (values.length < size) {
      values = new float[size];
    }
    return values;
  }

  /** The same, all 0. */
  float[] zeros(int tokens) {
    float[] zeros = of(tokens);
    Arrays.fill(zeros, 0, tokens * width, 0);
    return zeros;
  }

  /** What was last asked for. */
  float[] values() {
    return values;
  }
}
