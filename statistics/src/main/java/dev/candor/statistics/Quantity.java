package dev.candor.statistics;

import java.util.Collection;
import java.util.function.DoubleUnaryOperator;

/**
 * A number, or the reason why there is none: a rate of no rows, a ratio to zero. Never NaN, so that
 * nothing that is not known passes for a number.
 */
public sealed interface Quantity {

  /**
   * A number.
   *
   * @param value finite or infinite, not NaN
   */
  record Defined(double value) implements Quantity {
    public Defined {
      if (Double.isNaN(value)) {
        throw new StatisticsException(
            "overflow",
            "the inputs are so large or so far apart that the result is no number",
            "Give them in another unit.");
      }
    }
  }

  /**
   * No number.
   *
   * @param reason why not, as a clause: {@code no row of group b is positive}
   */
  record Undefined(String reason) implements Quantity {}

  static Quantity of(double value) {
    return new Defined(value);
  }

  static Quantity undefined(String reason) {
    return new Undefined(reason);
  }

  /** One divided by the other, or the reason if the other is 0. */
  static Quantity ratio(double over, double under, String reason) {
    return under == 0 ? new Undefined(reason) : new Defined(over / under);
  }

  /** Whether there is a number. */
  default boolean isDefined() {
    return this instanceof Defined;
  }

  /** A function of it, if it is defined. */
  default Quantity map(DoubleUnaryOperator function) {
    return switch (this) {
      case Defined defined -> new Defined(function.applyAsDouble(defined.value()));
      case Undefined undefined -> undefined;
    };
  }

  /**
   * The number.
   *
   * @throws StatisticsException {@code statistics.undefined} if there is none
   */
  default double value() {
    return switch (this) {
      case Defined defined -> defined.value();
      case Undefined undefined ->
          throw new StatisticsException(
              "undefined",
              "the quantity is undefined: " + undefined.reason(),
              "Ask whether it is defined before its value is used.");
    };
  }

  /** The largest; undefined if one is, with the reason of the first of those. */
  static Quantity max(Collection<Quantity> quantities) {
    return extreme(quantities, true);
  }

  /** The smallest; undefined if one is, with the reason of the first of those. */
  static Quantity min(Collection<Quantity> quantities) {
    return extreme(quantities, false);
  }

  private static Quantity extreme(Collection<Quantity> quantities, boolean largest) {
    double found = largest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    for (Quantity quantity : quantities) {
      switch (quantity) {
        case Undefined undefined -> {
          return undefined;
        }
        case Defined(double value) ->
            found = largest ? Math.max(found, value) : Math.min(found, value);
      }
    }
    return quantities.isEmpty() ? new Undefined("there is nothing to compare") : of(found);
  }
}
