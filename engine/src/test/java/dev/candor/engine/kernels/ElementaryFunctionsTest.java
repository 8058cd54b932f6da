package dev.candor.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class ElementaryFunctionsTest {

  private interface FloatOperator {
    float apply(float x);
  }

  @Test
  void expIsCloseOverItsRange() {
    // A subnormal result has fewer bits to be right in: half a unit more for its second rounding.
    assertClose(ElementaryFunctions::exp, Math::exp, -110, 90, 1.1);
    assertThat(ElementaryFunctions.exp(0)).isEqualTo(1);
    assertThat(ElementaryFunctions.exp(-0f)).isEqualTo(1);
    assertThat(ElementaryFunctions.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(ElementaryFunctions.exp(Float.POSITIVE_INFINITY)).isInfinite();
    assertThat(ElementaryFunctions.exp(Float.NaN)).isNaN();
  }

  @Test
  void tanhIsCloseAndOdd() {
    assertClose(ElementaryFunctions::tanh, Math::tanh, -12, 12, 2);
    assertThat(ElementaryFunctions.tanh(Float.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(ElementaryFunctions.tanh(Float.NEGATIVE_INFINITY)).isEqualTo(-1);
    assertThat(ElementaryFunctions.tanh(-1e-30f)).isEqualTo(-1e-30f);
    assertThat(ElementaryFunctions.tanh(Float.NaN)).isNaN();
  }

  @Test
  void erfIsClose() {
    assertClose(ElementaryFunctions::erf, ElementaryFunctionsTest::erfBySeries, -5, 5, 2);
    assertThat(ElementaryFunctions.erf(Float.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(ElementaryFunctions.erf(Float.NEGATIVE_INFINITY)).isEqualTo(-1);
    assertThat(ElementaryFunctions.erf(Float.NaN)).isNaN();
  }

  @Test
  void logOnePlusIsClose() {
    assertClose(ElementaryFunctions::logOnePlus, Math::log1p, 0, 5e8, 2);
    assertThat(ElementaryFunctions.logOnePlus(0)).isZero();
    assertThat(ElementaryFunctions.logOnePlus(1e-30f)).isEqualTo(1e-30f);
  }

  @Test
  void softplusFollowsItsDefinition() {
    assertClose(
        ElementaryFunctions::softplus,
        x -> x > 20 ? x : Math.log1p(Math.exp(x)),
        -90,
        90,
        // The error of exp passes through.
        3);
    assertThat(ElementaryFunctions.softplus(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(ElementaryFunctions.softplus(1e30f)).isEqualTo(1e30f);
    assertThat(ElementaryFunctions.softplus(Float.NaN)).isNaN();
  }

  /** All floats in the range, thinned to about half a million: equal steps of their bits. */
  private static void assertClose(
      FloatOperator actual, DoubleUnaryOperator expected, double least, double most, double ulps) {
    double worst = 0;
    float where = 0;
    for (int sign = 0; sign < 2; sign++) {
      double bound = sign == 0 ? most : -least;
      int lastBits = Float.floatToRawIntBits((float) Math.max(bound, 0));
      for (int bits = 0; bits <= lastBits; bits += 4_007) {
        float x = Float.intBitsToFloat(bits | sign << 31);
        double truth = expected.applyAsDouble(x);
        double unit = Math.ulp((float) truth);
        double error = Math.abs(actual.apply(x) - truth) / unit;
        if ((float) truth == actual.apply(x)) {
          continue;
        }
        if (error > worst) {
          worst = error;
          where = x;
        }
      }
    }
    assertThat(worst).as("units in the last place, at %s", where).isLessThanOrEqualTo(ulps);
  }

  /** erf in double: its power series near 0, else the continued fraction of erfc. */
  private static double erfBySeries(double x) {
    double t = Math.abs(x);
    double result;
    if (t < 2) {
      double term = t;
      double sum = t;
      for (int n = 1; n < 60; n++) {
        term *= -t * t / n;
        sum += term / (2 * n + 1);
      }
      result = 2 / Math.sqrt(Math.PI) * sum;
    } else {
      double fraction = 0;
      for (int n = 80; n >= 1; n--) {
        fraction = n / 2.0 / (t + fraction);
      }
      result = 1 - Math.exp(-t * t) / Math.sqrt(Math.PI) / (t + fraction);
    }
    return Math.copySign(result, x);
  }
}
