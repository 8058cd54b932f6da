package dev.candor.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Properties of the rounding to 8 bits, of the definition. */
class InputsTest {

  private static final int COLUMNS = 96;

  private static Inputs rounded(float[] x, int tokens) {
    Inputs in = new Inputs().take(x, 0, COLUMNS, tokens, COLUMNS, true);
    in.roundScalar(0, tokens);
    return in;
  }

  @Test
  void anErrorIsAtMostHalfAStep() {
    for (int seed = 0; seed < 200; seed++) {
      RandomInputs random = new RandomInputs(seed);
      float magnitude = Math.scalb(1f, random.between(-95, 120));
      float[] x = random.normals(COLUMNS);
      for (int j = 0; j < COLUMNS; j++) {
        x[j] *= magnitude;
      }
      Inputs in = rounded(x, 1);
      for (int j = 0; j < COLUMNS; j++) {
        double d = in.scale(0, 1, 0, j / 32);
        int q = in.quant(0, 1, 0, j / 32, j % 32);
        assertThat(q).isBetween(-127, 127);
        // Beyond half a step: the roundings of d, of 127 / max and of x times that.
        assertThat(Math.abs(x[j] - d * q))
            .as("seed %d", seed)
            .isLessThan(d * (0.5 + 127 * 0x1p-22));
      }
    }
  }

  @Test
  void theGreatestIs127AndSignsAreKept() {
    for (int seed = 0; seed < 50; seed++) {
      float[] x = new RandomInputs(seed).normals(COLUMNS);
      float[] negative = new float[COLUMNS];
      for (int j = 0; j < COLUMNS; j++) {
        negative[j] = -x[j];
      }
      Inputs in = rounded(x, 1);
      Inputs mirrored = rounded(negative, 1);
      for (int block = 0; block < 3; block++) {
        int most = 0;
        for (int j = 0; j < 32; j++) {
          int q = in.quant(0, 1, 0, block, j);
          assertThat(mirrored.quant(0, 1, 0, block, j)).isEqualTo(-q);
          most = Math.max(most, Math.abs(q));
        }
        assertThat(most).isEqualTo(127);
      }
    }
  }

  @Test
  void tiesGoToTheEvenNeighbour() {
    float[] x = new float[COLUMNS];
    x[0] = 127;
    x[1] = 0.5f;
    x[2] = 1.5f;
    x[3] = 2.5f;
    x[4] = -0.5f;
    x[5] = -1.5f;
    x[6] = 126.5f;
    Inputs in = rounded(x, 1);
    assertThat(in.scale(0, 1, 0, 0)).isEqualTo(1f);
    int[] expected = {127, 0, 2, 2, 0, -2, 126};
    for (int j = 0; j < expected.length; j++) {
      assertThat(in.quant(0, 1, 0, 0, j)).as("%s", x[j]).isEqualTo(expected[j]);
    }
  }

  @Test
  void sumsAreThoseOfTheQuants() {
    RandomInputs random = new RandomInputs(9);
    int tokens = 23;
    Inputs in = rounded(random.normals(tokens * COLUMNS), tokens);
    for (int token = 0; token < tokens; ) {
      int tile = in.tile(token);
      long at = in.tileAt(token);
      for (int t = 0; t < tile; t++) {
        for (int block = 0; block < 3; block++) {
          int[] sums = new int[3];
          for (int j = 0; j < 32; j++) {
            int q = in.quant(at, tile, t, block, j);
            sums[0] += q;
            sums[j < 16 ? 1 : 2] += q;
          }
          for (int part = 0; part < 3; part++) {
            assertThat(in.negativeSum(at, tile, t, block, part)).isEqualTo(-sums[part]);
            assertThat(in.scaledSum(at, tile, t, block, part))
                .isEqualTo(in.scale(at, tile, t, block) * sums[part]);
          }
        }
      }
      token += tile;
    }
  }

  @Test
  void zerosAndWhatIsTooSmallAreZero() {
    float[] x = new float[COLUMNS];
    Arrays.fill(x, 32, 64, Math.nextDown(Inputs.LEAST));
    Arrays.fill(x, 64, 96, -Inputs.LEAST);
    Inputs in = rounded(x, 1);
    for (int block = 0; block < 2; block++) {
      assertThat(in.scale(0, 1, 0, block)).isEqualTo(0f);
      assertThat(in.quant(0, 1, 0, block, 5)).isZero();
    }
    assertThat(in.scale(0, 1, 0, 2)).isPositive();
    assertThat(in.quant(0, 1, 0, 2, 5)).isEqualTo(-127);
  }

  @Test
  void whatIsNotFiniteMakesEveryProductNaN() {
    for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (StripFormat format : StripFormat.values()) {
        RandomInputs random = new RandomInputs(format.ordinal());
        int columns = 256;
        try (Arena arena = Arena.ofConfined()) {
          Matrix w = random.matrix(arena, format.format, 16, columns, false);
          float[] x = random.normals(2 * columns);
          x[random.between(0, columns - 1)] = wrong;
          Inputs in = new Inputs().take(x, 0, columns, 2, columns, true);
          in.roundScalar(0, 2);
          float[] y = new float[32];
          new ScalarKernels().multiply(w, 0, 16, in, y, 0, 16);
          for (int row = 0; row < 16; row++) {
            assertThat(y[row]).as("%s %s", format, wrong).isNaN();
            assertThat(y[16 + row]).as("%s, the next token", format).isFinite();
          }
        }
      }
    }
  }
}
