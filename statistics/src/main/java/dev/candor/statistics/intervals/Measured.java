package dev.candor.statistics.intervals;

/**
 * A quantity, and between which bounds it lies with the confidence that was asked for.
 *
 * @param estimate what the rows say
 * @param lower not below this
 * @param upper not above this
 */
public record Measured(double estimate, double lower, double upper) {

  /** To nine decimals, so that evidence has the same digits on every platform. */
  public Measured rounded() {
    return new Measured(rounded(estimate), rounded(lower), rounded(upper));
  }

  private static double rounded(double value) {
    // Without the sign of a zero.
    return Math.rint(value * 1e9) / 1e9 + 0.0;
  }
}
