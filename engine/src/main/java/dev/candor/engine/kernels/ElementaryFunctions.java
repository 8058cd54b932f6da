package dev.candor.engine.kernels;

/**
 * exp, tanh, erf and log(1 + u) as fixed sequences of float32 operations, so that every path
 * computes the same bits. The polynomials are minimax fits (Remez exchange, relative error) of our
 * own; the vector path repeats each sequence lane by lane.
 *
 * <p>Largest errors over the whole range, measured against {@link Math} by test: exp 1 ulp, tanh,
 * erf and log(1 + u) 2 ulp.
 */
final class ElementaryFunctions {

  static final float LOG2_E = 1.4426950216293335f;
  static final float LN2_HIGH = 0.693359375f;
  static final float LN2_LOW = -2.1219444e-4f;

  /** Adding 1.5·2²³ leaves the nearest integer in the low bits. */
  static final float ROUND = 12582912f;

  static final int ROUND_BITS = 0x4B40_0000;

  /** e^x is 0 below and infinite above, and 2^(x·log2 e) fits two factors between. */
  static final float EXP_LEAST = -104.5f;

  static final float EXP_MOST = 89f;

  /** e^r = 1 + r + r²·P(r) for |r| ≤ ln 2 / 2; error 3e-9. */
  static final float EXP_2 = 0.4999999403953552f;

  static final float EXP_3 = 0.1666652113199234f;
  static final float EXP_4 = 0.04166838899254799f;
  static final float EXP_5 = 0.008368716575205326f;
  static final float EXP_6 = 0.001381459878757596f;

  /** tanh x = x + x³·P(x²) for |x| &lt; 0.55; error 1e-9. */
  static final float TANH_SMALL = 0.55f;

  static final float TANH_3 = -0.33333319425582886f;
  static final float TANH_5 = 0.13332602381706238f;
  static final float TANH_7 = -0.05385385826230049f;
  static final float TANH_9 = 0.021077757701277733f;
  static final float TANH_11 = -0.00628247344866395f;

  /** erf x = x + x·P(x²) for |x| &lt; 0.93; error 2e-8. */
  static final float ERF_SMALL = 0.93f;

  static final float ERF_1 = 0.12837915122509003f;
  static final float ERF_3 = -0.37612494826316833f;
  static final float ERF_5 = 0.11281802505254745f;
  static final float ERF_7 = -0.026765568181872368f;
  static final float ERF_9 = 0.004990980960428715f;
  static final float ERF_11 = -0.0005976896500214934f;

  /** erf x = 1 − e^(−Q(x)) for 0.93 ≤ x; from 3.95 on it is 1. */
  static final float ERF_MOST = 3.95f;

  static final float ERFC_0 = -0.00017733447020873427f;
  static final float ERFC_1 = 1.1295276880264282f;
  static final float ERFC_2 = 0.6333212852478027f;
  static final float ERFC_3 = 0.10830826312303543f;
  static final float ERFC_4 = -0.02513761818408966f;
  static final float ERFC_5 = 0.004177961032837629f;
  static final float ERFC_6 = -0.00043588440166786313f;
  static final float ERFC_7 = 2.1217891116975807e-05f;

  /** √½, from whose bits on a mantissa belongs to the next exponent. */
  static final int SQRT_HALF_BITS = 0x3F35_04F3;

  /** log(1 + f) = f − f²/2 + f³·P(f) for √½ ≤ 1 + f &lt; √2; error 1e-9. */
  static final float LOG_3 = 0.3333331346511841f;

  static final float LOG_4 = -0.25000008940696716f;
  static final float LOG_5 = 0.2000211924314499f;
  static final float LOG_6 = -0.1666799634695053f;
  static final float LOG_7 = 0.14219552278518677f;
  static final float LOG_8 = -0.12405585497617722f;
  static final float LOG_9 = 0.11888164281845093f;
  static final float LOG_10 = -0.11675672978162766f;
  static final float LOG_11 = 0.0674666240811348f;

  /** √(2/π). */
  static final float SQRT_2_OVER_PI = 0.7978845834732056f;

  static final float GELU_CUBIC = 0.044715f;
  static final float SQRT_HALF = 0.7071067690849304f;

  /** softplus(a) is a above. */
  static final float SOFTPLUS_LINEAR = 20f;

  private ElementaryFunctions() {}

  /** e^x; subnormal results are rounded twice. */
  static float exp(float x) {
    x = x < EXP_LEAST ? EXP_LEAST : x;
    x = x > EXP_MOST ? EXP_MOST : x;
    float shifted = Math.fma(x, LOG2_E, ROUND);
    float whole = shifted - ROUND;
    int n = Float.floatToRawIntBits(shifted) - ROUND_BITS;
    float r = Math.fma(whole, -LN2_HIGH, x);
    r = Math.fma(whole, -LN2_LOW, r);
    float p = Math.fma(EXP_6, r, EXP_5);
    p = Math.fma(p, r, EXP_4);
    p = Math.fma(p, r, EXP_3);
    p = Math.fma(p, r, EXP_2);
    p = Math.fma(p, r * r, r) + 1f;
    int first = n >> 1;
    float scaled = p * Float.intBitsToFloat(first + 127 << 23);
    return scaled * Float.intBitsToFloat(n - first + 127 << 23);
  }

  /** Below {@link #TANH_SMALL} a polynomial, else 1 − 2/(e^(2|x|) + 1) with the sign of x. */
  static float tanh(float x) {
    float square = x * x;
    float p = Math.fma(TANH_11, square, TANH_9);
    p = Math.fma(p, square, TANH_7);
    p = Math.fma(p, square, TANH_5);
    p = Math.fma(p, square, TANH_3);
    float small = Math.fma(p * square, x, x);
    float magnitude = Math.abs(x);
    float large = 1f - 2f / (exp(magnitude + magnitude) + 1f);
    return magnitude < TANH_SMALL ? small : withSign(large, x);
  }

  /** Below {@link #ERF_SMALL} a polynomial, else 1 − e^(−Q(|x|)) with the sign of x. */
  static float erf(float x) {
    float square = x * x;
    float p = Math.fma(ERF_11, square, ERF_9);
    p = Math.fma(p, square, ERF_7);
    p = Math.fma(p, square, ERF_5);
    p = Math.fma(p, square, ERF_3);
    p = Math.fma(p, square, ERF_1);
    float small = Math.fma(p, x, x);
    float magnitude = Math.abs(x);
    float t = magnitude > ERF_MOST ? ERF_MOST : magnitude;
    float q = Math.fma(ERFC_7, t, ERFC_6);
    q = Math.fma(q, t, ERFC_5);
    q = Math.fma(q, t, ERFC_4);
    q = Math.fma(q, t, ERFC_3);
    q = Math.fma(q, t, ERFC_2);
    q = Math.fma(q, t, ERFC_1);
    q = Math.fma(q, t, ERFC_0);
    float large = 1f - exp(-q);
    return magnitude < ERF_SMALL ? small : withSign(large, x);
  }

  /** log(1 + u) for u ≥ 0 and finite; what 1 + u loses is added back to first order. */
  static float logOnePlus(float u) {
    float w = 1f + u;
    float back = w - 1f;
    float lost = (1f - (w - back)) + (u - back);
    int bits = Float.floatToRawIntBits(w);
    int exponent = bits - SQRT_HALF_BITS >> 23;
    float k = exponent;
    float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1f;
    float p = Math.fma(LOG_11, f, LOG_10);
    p = Math.fma(p, f, LOG_9);
    p = Math.fma(p, f, LOG_8);
    p = Math.fma(p, f, LOG_7);
    p = Math.fma(p, f, LOG_6);
    p = Math.fma(p, f, LOG_5);
    p = Math.fma(p, f, LOG_4);
    p = Math.fma(p, f, LOG_3);
    float square = f * f;
    float low = Math.fma(k, LN2_LOW, lost / w);
    low = Math.fma(p * f, square, low);
    low = Math.fma(-0.5f, square, low);
    return Math.fma(k, LN2_HIGH, f + low);
  }

  /** a if a &gt; 20, else log(1 + e^a). */
  static float softplus(float a) {
    float bounded = a > SOFTPLUS_LINEAR ? SOFTPLUS_LINEAR : a;
    float soft = logOnePlus(exp(bounded));
    return a > SOFTPLUS_LINEAR ? a : soft;
  }

  static float activate(Activation activation, float x) {
    return switch (activation) {
      case SILU -> x / (1f + exp(-x));
      case GELU_TANH ->
          0.5f * x * (1f + tanh(SQRT_2_OVER_PI * Math.fma(GELU_CUBIC * (x * x), x, x)));
      case GELU_ERF -> 0.5f * x * (1f + erf(x * SQRT_HALF));
      case RELU -> Math.max(x, 0f);
      case TANH -> tanh(x);
    };
  }

  private static float withSign(float magnitude, float sign) {
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(magnitude) & 0x7FFF_FFFF
            | Float.floatToRawIntBits(sign) & 0x8000_0000);
  }
}
