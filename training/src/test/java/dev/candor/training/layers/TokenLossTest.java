package dev.candor.training.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.candor.engine.kernels.KernelSelector;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The head and its loss, with and without a soft cap, against differences of the loss itself. */
class TokenLossTest {

  private static final int TOKENS = 3;
  private static final int HIDDEN = 8;
  private static final int VOCABULARY = 21;

  private final int[] targets = {4, -1, 20};

  @ParameterizedTest
  @ValueSource(floats = {0, 1.5f})
  void gradientsAreTheSlopesOfTheLoss(float softCap) {
    ParameterLayout layout = new ParameterLayout();
    LinearLayer.declare(layout, "head", VOCABULARY, HIDDEN, false);
    Weights weights = new Weights(layout);
    SplittableRandom random = new SplittableRandom(1);
    float[] x = new float[TOKENS * HIDDEN];
    for (float[] array : new float[][] {weights.values(), x}) {
      for (int i = 0; i < array.length; i++) {
        array[i] = (float) (2 * random.nextDouble() - 1);
      }
    }
    weights.changed();
    Arithmetic arithmetic = Arithmetic.with(KernelSelector.choose("scalar").kernels());
    TokenLoss loss = new TokenLoss(weights, arithmetic, "head", softCap);
    float[] xGradient = new float[x.length];
    float[] gradient = new float[layout.size()];

    double value = loss.addGradient(x, targets, new float[0], 2, xGradient, gradient);

    assertThat(loss.loss(x, targets, new float[0])).isEqualTo(value);
    for (int i = 0; i < x.length; i++) {
      assertThat(xGradient[i] / 2.0)
          .as("x %d", i)
          .isCloseTo(slope(loss, weights, x, x, i), within(2e-3));
    }
    for (int i = 0; i < gradient.length; i++) {
      assertThat(gradient[i] / 2.0)
          .as("weight %d", i)
          .isCloseTo(slope(loss, weights, x, weights.values(), i), within(2e-3));
    }
  }

  @Test
  void aTargetThatWeighsTwiceHasTwiceTheGradient() {
    ParameterLayout layout = new ParameterLayout();
    LinearLayer.declare(layout, "head", VOCABULARY, HIDDEN, false);
    Weights weights = new Weights(layout);
    SplittableRandom random = new SplittableRandom(2);
    float[] x = new float[TOKENS * HIDDEN];
    for (float[] array : new float[][] {weights.values(), x}) {
      for (int i = 0; i < array.length; i++) {
        array[i] = (float) (2 * random.nextDouble() - 1);
      }
    }
    weights.changed();
    Arithmetic arithmetic = Arithmetic.with(KernelSelector.choose("scalar").kernels());
    TokenLoss loss = new TokenLoss(weights, arithmetic, "head");
    float[] same = new float[x.length];
    float[] weighed = new float[x.length];
    float[] weighing = new float[TOKENS];
    for (int t = 0; t < TOKENS; t++) {
      weighing[t] = 1 << (t % 3);
    }

    double one = loss.addGradient(x, targets, new float[0], 1, same, new float[layout.size()]);
    double other = loss.addGradient(x, targets, weighing, 1, weighed, new float[layout.size()]);

    assertThat(other).isEqualTo(one);
    for (int i = 0; i < x.length; i++) {
      // Powers of two: products are exact, the order of sums is the same.
      assertThat(weighed[i]).isEqualTo(same[i] * weighing[i / HIDDEN]);
    }
  }

  private double slope(TokenLoss loss, Weights weights, float[] x, float[] changed, int i) {
    float before = changed[i];
    changed[i] = before + 1e-2f;
    weights.changed();
    double up = loss.loss(x, targets, new float[0]);
    changed[i] = before - 1e-2f;
    weights.changed();
    double down = loss.loss(x, targets, new float[0]);
    changed[i] = before;
    weights.changed();
    return (up - down) / 2e-2;
  }
}
