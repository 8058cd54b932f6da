package dev.candor.training.gates;

/**
 * A quantity, and between which bounds it lies with the confidence that was asked for.
 *
 * @param estimate what the rows say
 * @param lower not below this
 * @param upper not above this
 */
public record Measured(double estimate, double lower, double upper) {

  /** To nine decimals, so that evidence has the same digits on every platform. */
  Measured rounded() {
    return new Measured(rounded(estimate), rounded(lower), rounded(upper));
  }

  static double rounded(double value) {
    // Without the sign of a zero.
    return Math.rint(value * 1e9) / 1e9 + 0.0;
  }
}
