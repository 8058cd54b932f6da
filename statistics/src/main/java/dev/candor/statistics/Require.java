package dev.candor.statistics;

/** What inputs must be. Each refusal names the input and the limit. */
public final class Require {

  private Require() {}

  /** The number lies between the two, which are allowed. */
  public static double between(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw outOfRange(name, value, "from " + text(least) + " to " + text(most));
    }
    return value;
  }

  /** The number lies between the two, which are not allowed themselves. */
  public static double inside(String name, double value, double below, double above) {
    if (!(value > below && value < above)) {
      throw outOfRange(name, value, "more than " + text(below) + " and less than " + text(above));
    }
    return value;
  }

  /** The number is at least so much, and finite. */
  public static double atLeast(String name, double value, double least) {
    if (!(value >= least && value < Double.POSITIVE_INFINITY)) {
      throw outOfRange(name, value, "finite and at least " + text(least));
    }
    return value;
  }

  /** Every number lies between the two, which are allowed. */
  public static double[] allBetween(String name, double[] values, double least, double most) {
    for (int i = 0; i < values.length; i++) {
      between(name + "[" + i + "]", values[i], least, most);
    }
    return values;
  }

  /** Every number is at least so much, and finite. */
  public static double[] allAtLeast(String name, double[] values, double least) {
    for (int i = 0; i < values.length; i++) {
      atLeast(name + "[" + i + "]", values[i], least);
    }
    return values;
  }

  /** Every number is finite. */
  public static double[] allFinite(String name, double[] values) {
    return allAtLeast(name, values, -Double.MAX_VALUE);
  }

  /** There are so many or more. */
  public static void notFewer(String name, int length, int least) {
    if (length < least) {
      throw new StatisticsException(
          "too-few",
          name + " has " + length + " elements, " + least + " are the least",
          "Give more of them.");
    }
  }

  /** There are so many or fewer. */
  public static void notMore(String name, long length, long most) {
    if (length > most) {
      throw new StatisticsException(
          "too-many",
          name + " has " + length + " elements, " + most + " are the most",
          "Give fewer of them, such as a random sample.");
    }
  }

  /** Two inputs are about the same rows. */
  public static void sameLength(String name, int length, String other, int otherLength) {
    if (length != otherLength) {
      throw new StatisticsException(
          "lengths-differ",
          name + " has " + length + " elements, " + other + " has " + otherLength,
          "Give one element of each for every row.");
    }
  }

  private static StatisticsException outOfRange(String name, double value, String allowed) {
    return new StatisticsException(
        "out-of-range",
        name + " is " + text(value) + "; it must be " + allowed,
        "Correct the value of " + name + ".");
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
