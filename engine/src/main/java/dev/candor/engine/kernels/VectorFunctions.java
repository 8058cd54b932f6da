package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.FLOATS;
import static dev.candor.engine.kernels.LaneVectors.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link ElementaryFunctions} lane by lane: the same operations in the same order. What does not
 * fill a vector is left to the scalar functions.
 */
final class VectorFunctions {

  private VectorFunctions() {}

  static FloatVector exp(FloatVector value) {
    FloatVector x =
        value.blend(
            ElementaryFunctions.EXP_LEAST,
            value.compare(VectorOperators.LT, ElementaryFunctions.EXP_LEAST));
    x =
        x.blend(
            ElementaryFunctions.EXP_MOST,
            x.compare(VectorOperators.GT, ElementaryFunctions.EXP_MOST));
    FloatVector shifted =
        x.fma(
            FloatVector.broadcast(FLOATS, ElementaryFunctions.LOG2_E),
            FloatVector.broadcast(FLOATS, ElementaryFunctions.ROUND));
    FloatVector whole = shifted.sub(ElementaryFunctions.ROUND);
    IntVector n = shifted.reinterpretAsInts().sub(ElementaryFunctions.ROUND_BITS);
    FloatVector r = whole.fma(FloatVector.broadcast(FLOATS, -ElementaryFunctions.LN2_HIGH), x);
    r = whole.fma(FloatVector.broadcast(FLOATS, -ElementaryFunctions.LN2_LOW), r);
    FloatVector p =
        FloatVector.broadcast(FLOATS, ElementaryFunctions.EXP_6)
            .fma(r, FloatVector.broadcast(FLOATS, ElementaryFunctions.EXP_5));
    p = p.fma(r, FloatVector.broadcast(FLOATS, ElementaryFunctions.EXP_4));
    p = p.fma(r, FloatVector.broadcast(FLOATS, ElementaryFunctions.EXP_3));
    p = p.fma(r, FloatVector.broadcast(FLOATS, ElementaryFunctions.EXP_2));
    p = p.fma(r.mul(r), r).add(1f);
    IntVector first = n.lanewise(VectorOperators.ASHR, 1);
    IntVector second = n.sub(first);
    return p.mul(first.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
        .mul(second.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
  }

  private static FloatVector tanh(FloatVector x) {
    FloatVector square = x.mul(x);
    FloatVector p =
        FloatVector.broadcast(FLOATS, ElementaryFunctions.TANH_11)
            .fma(square, FloatVector.broadcast(FLOATS, ElementaryFunctions.TANH_9));
    p = p.fma(square, FloatVector.broadcast(FLOATS, ElementaryFunctions.TANH_7));
    p = p.fma(square, FloatVector.broadcast(FLOATS, ElementaryFunctions.TANH_5));
    p = p.fma(square, FloatVector.broadcast(FLOATS, ElementaryFunctions.TANH_3));
    FloatVector small = p.mul(square).fma(x, x);
    FloatVector magnitude = x.abs();
    FloatVector grown = exp(magnitude.add(magnitude)).add(1f);
    FloatVector large =
        FloatVector.broadcast(FLOATS, 1f).sub(FloatVector.broadcast(FLOATS, 2f).div(grown));
    return withSign(large, x)
        .blend(small, magnitude.compare(VectorOperators.LT, ElementaryFunctions.TANH_SMALL));
  }

  private static FloatVector erf(FloatVector x) {
    FloatVector square = x.mul(x);
    FloatVector p =
        FloatVector.broadcast(FLOATS, ElementaryFunctions.ERF_11)
            .fma(square, FloatVector.broadcast(FLOATS, ElementaryFunctions.ERF_9));
    p = p.fma(square, FloatVector.broadcast(FLOATS, ElementaryFunctions.ERF_7));
    p = p.fma(square, FloatVector.broadcast(FLOATS, ElementaryFunctions.ERF_5));
    p = p.fma(square, FloatVector.broadcast(FLOATS, ElementaryFunctions.ERF_3));
    p = p.fma(square, FloatVector.broadcast(FLOATS, ElementaryFunctions.ERF_1));
    FloatVector small = p.fma(x, x);
    FloatVector magnitude = x.abs();
    FloatVector t =
        magnitude.blend(
            ElementaryFunctions.ERF_MOST,
            magnitude.compare(VectorOperators.GT, ElementaryFunctions.ERF_MOST));
    FloatVector q =
        FloatVector.broadcast(FLOATS, ElementaryFunctions.ERFC_7)
            .fma(t, FloatVector.broadcast(FLOATS, ElementaryFunctions.ERFC_6));
    q = q.fma(t, FloatVector.broadcast(FLOATS, ElementaryFunctions.ERFC_5));
    q = q.fma(t, FloatVector.broadcast(FLOATS, ElementaryFunctions.ERFC_4));
    q = q.fma(t, FloatVector.broadcast(FLOATS, ElementaryFunctions.ERFC_3));
    q = q.fma(t, FloatVector.broadcast(FLOATS, ElementaryFunctions.ERFC_2));
    q = q.fma(t, FloatVector.broadcast(FLOATS, ElementaryFunctions.ERFC_1));
    q = q.fma(t, FloatVector.broadcast(FLOATS, ElementaryFunctions.ERFC_0));
    FloatVector large = FloatVector.broadcast(FLOATS, 1f).sub(exp(q.neg()));
    return withSign(large, x)
        .blend(small, magnitude.compare(VectorOperators.LT, ElementaryFunctions.ERF_SMALL));
  }

  private static FloatVector logOnePlus(FloatVector u) {
    FloatVector one = FloatVector.broadcast(FLOATS, 1f);
    FloatVector w = one.add(u);
    FloatVector back = w.sub(1f);
    FloatVector lost = one.sub(w.sub(back)).add(u.sub(back));
    IntVector bits = w.reinterpretAsInts();
    IntVector exponent =
        bits.sub(ElementaryFunctions.SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
    FloatVector k = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
    FloatVector f =
        bits.sub(exponent.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1f);
    FloatVector p =
        FloatVector.broadcast(FLOATS, ElementaryFunctions.LOG_11)
            .fma(f, FloatVector.broadcast(FLOATS, ElementaryFunctions.LOG_10));
    p = p.fma(f, FloatVector.broadcast(FLOATS, ElementaryFunctions.LOG_9));
    p = p.fma(f, FloatVector.broadcast(FLOATS, ElementaryFunctions.LOG_8));
    p = p.fma(f, FloatVector.broadcast(FLOATS, ElementaryFunctions.LOG_7));
    p = p.fma(f, FloatVector.broadcast(FLOATS, ElementaryFunctions.LOG_6));
    p = p.fma(f, FloatVector.broadcast(FLOATS, ElementaryFunctions.LOG_5));
    p = p.fma(f, FloatVector.broadcast(FLOATS, ElementaryFunctions.LOG_4));
    p = p.fma(f, FloatVector.broadcast(FLOATS, ElementaryFunctions.LOG_3));
    FloatVector square = f.mul(f);
    FloatVector low =
        k.fma(FloatVector.broadcast(FLOATS, ElementaryFunctions.LN2_LOW), lost.div(w));
    low = p.mul(f).fma(square, low);
    low = square.fma(FloatVector.broadcast(FLOATS, -0.5f), low);
    return k.fma(FloatVector.broadcast(FLOATS, ElementaryFunctions.LN2_HIGH), f.add(low));
  }

  private static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
    return magnitude
        .reinterpretAsInts()
        .and(0x7FFF_FFFF)
        .or(sign.reinterpretAsInts().and(0x8000_0000))
        .reinterpretAsFloats();
  }

  /** x[j] = e^(x[j] − max), in place. */
  static void expShifted(float[] x, int offset, int n, float max) {
    int bound = FLOATS.loopBound(n);
    for (int j = 0; j < bound; j += LANES) {
      exp(FloatVector.fromArray(FLOATS, x, offset + j).sub(max)).intoArray(x, offset + j);
    }
    for (int j = bound; j < n; j++) {
      x[offset + j] = ElementaryFunctions.exp(x[offset + j] - max);
    }
  }

  /** x[j] = activation(x[j]), in place. */
  static void activate(Activation activation, float[] x, int offset, int n) {
    int bound = FLOATS.loopBound(n);
    switch (activation) {
      case SILU -> silu(x, offset, bound);
      case GELU_TANH -> geluTanh(x, offset, bound);
      case GELU_ERF -> geluErf(x, offset, bound);
      case TANH -> tanh(x, offset, bound);
      case RELU -> {
        for (int j = 0; j < bound; j += LANES) {
          FloatVector.fromArray(FLOATS, x, offset + j).max(0f).intoArray(x, offset + j);
        }
      }
    }
    for (int j = bound; j < n; j++) {
      x[offset + j] = ElementaryFunctions.activate(activation, x[offset + j]);
    }
  }

  private static void silu(float[] x, int offset, int bound) {
    for (int j = 0; j < bound; j += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, offset + j);
      value.div(exp(value.neg()).add(1f)).intoArray(x, offset + j);
    }
  }

  private static void geluTanh(float[] x, int offset, int bound) {
    for (int j = 0; j < bound; j += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, offset + j);
      FloatVector inner =
          value
              .mul(value)
              .mul(ElementaryFunctions.GELU_CUBIC)
              .fma(value, value)
              .mul(ElementaryFunctions.SQRT_2_OVER_PI);
      value.mul(0.5f).mul(tanh(inner).add(1f)).intoArray(x, offset + j);
    }
  }

  private static void geluErf(float[] x, int offset, int bound) {
    for (int j = 0; j < bound; j += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, offset + j);
      value
          .mul(0.5f)
          .mul(erf(value.mul(ElementaryFunctions.SQRT_HALF)).add(1f))
          .intoArray(x, offset + j);
    }
  }

  private static void tanh(float[] x, int offset, int bound) {
    for (int j = 0; j < bound; j += LANES) {
      tanh(FloatVector.fromArray(FLOATS, x, offset + j)).intoArray(x, offset + j);
    }
  }

  /** x[j] = softplus(x[j] + bias[j]), in place. */
  static void softplus(float[] x, int offset, float[] bias, int biasOffset, int n) {
    int bound = FLOATS.loopBound(n);
    for (int j = 0; j < bound; j += LANES) {
      FloatVector a =
          FloatVector.fromArray(FLOATS, x, offset + j)
              .add(FloatVector.fromArray(FLOATS, bias, biasOffset + j));
      FloatVector bounded =
          a.blend(
              ElementaryFunctions.SOFTPLUS_LINEAR,
              a.compare(VectorOperators.GT, ElementaryFunctions.SOFTPLUS_LINEAR));
      logOnePlus(exp(bounded))
          .blend(a, a.compare(VectorOperators.GT, ElementaryFunctions.SOFTPLUS_LINEAR))
          .intoArray(x, offset + j);
    }
    for (int j = bound; j < n; j++) {
      x[offset + j] = ElementaryFunctions.softplus(x[offset + j] + bias[biasOffset + j]);
    }
  }
}
