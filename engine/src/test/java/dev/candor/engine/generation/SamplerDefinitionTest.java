package dev.candor.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever makes the choice cheaper, the tokens are those of the definition. */
class SamplerDefinitionTest {

  private static final float[] TEMPERATURES = {0, 1e-30f, 0.1f, 0.5f, 1, 1, 1.3f, 5, 100};
  private static final int[] KS = {0, 0, 0, 1, 5, 40, 300, 100_000};
  private static final float[] PS = {1, 1, 0.999_999_94f, 0.95f, 0.9f, 0.5f, Float.MIN_VALUE};
  private static final float[] MS = {0, 0, 0.001f, 0.05f, 1};

  private static SamplingOptions options(Random random, int vocabulary) {
    boolean penalties = random.nextInt(3) == 0;
    Map<Integer, Float> bias = new HashMap<>();
    if (random.nextInt(4) == 0) {
      bias.put(random.nextInt(vocabulary), random.nextFloat() * 20 - 10);
    }
    return new SamplingOptions(
        TEMPERATURES[random.nextInt(TEMPERATURES.length)],
        KS[random.nextInt(KS.length)],
        PS[random.nextInt(PS.length)],
        MS[random.nextInt(MS.length)],
        penalties ? 0.5f + random.nextFloat() : 1,
        penalties ? random.nextFloat() * 2 - 1 : 0,
        penalties ? random.nextFloat() : 0,
        bias,
        random.nextLong());
  }

  /** Peaked, flat, coarse, masked and huge ones. */
  private static float[] logits(Random random, int vocabulary) {
    float[] logits = new float[vocabulary];
    double spread = new double[] {0, 0.01, 1, 3, 10, 1e30}[random.nextInt(6)];
    boolean coarse = random.nextInt(4) == 0;
    double masked = random.nextInt(4) == 0 ? random.nextDouble() : 0;
    for (int id = 0; id < vocabulary; id++) {
      double logit = random.nextGaussian() * spread;
      logits[id] = coarse ? Math.round(logit) : (float) logit;
      if (random.nextDouble() < masked) {
        logits[id] = Float.NEGATIVE_INFINITY;
      }
    }
    logits[random.nextInt(vocabulary)] = (float) (random.nextInt(12) * spread / 2);
    return logits;
  }

  @Test
  void choosesWhatTheDefinitionChooses() {
    for (int round = 0; round < 3_000; round++) {
      Random random = new Random(round);
      int vocabulary =
          switch (random.nextInt(20)) {
            case 0 -> 1 + random.nextInt(60_000);
            case 1, 2, 3 -> 250 + random.nextInt(20);
            default -> 1 + random.nextInt(2_000);
          };
      SamplingOptions options = options(random, vocabulary);
      Sampler sampler = new Sampler(options, vocabulary);
      DefinedSampler defined = new DefinedSampler(options, vocabulary);
      for (int i = random.nextInt(20); i > 0; i--) {
        int id = random.nextInt(vocabulary);
        sampler.seePrompt(id);
        defined.seePrompt(id);
      }
      for (int place = 0; place < 5; place++) {
        float[] logits = logits(random, vocabulary);
        int expected = defined.choose(logits, place);
        assertThat(sampler.choose(logits, place))
            .as("round %d, place %d, vocabulary %d, %s", round, place, vocabulary, options)
            .isEqualTo(expected);
        sampler.seeGenerated(expected);
        defined.seeGenerated(expected);
      }
    }
  }

  /**
   * Logits of which the first token has just the share of the draw, to the last bits: what is near
   * does not tell, and the definition does.
   */
  @Test
  void drawsAtABoundaryAreThoseOfTheDefinition() {
    int firsts = 0;
    int others = 0;
    for (long seed = 0; seed < 2_000; seed++) {
      SamplingOptions options = new SamplingOptions(1, 0, 1, 0, 1, 0, 0, Map.of(), seed);
      double unit = SplitMix64.unitAt(seed, 0);
      // The first weighs 1, all others together 1 / unit − 1.
      float[] logits = new float[12];
      double rest = 1 / unit - 1;
      for (int id = 1; id < logits.length; id++) {
        logits[id] = rest > 0 ? (float) Math.log(rest * 0.999) : Float.NEGATIVE_INFINITY;
        rest -= Math.exp(logits[id]);
      }
      int expected = new DefinedSampler(options, logits.length).choose(logits, 0);
      assertThat(new Sampler(options, logits.length).choose(logits, 0))
          .as("seed %d", seed)
          .isEqualTo(expected);
      if (expected == 0) {
        firsts++;
      } else {
        others++;
      }
    }
    // Chance is on either side, as far as rounding is.
    assertThat(firsts).isGreaterThan(200);
    assertThat(others).isGreaterThan(200);
  }

  /** The same for the share that top-p keeps. */
  @Test
  void topPAtABoundaryKeepsWhatTheDefinitionKeeps() {
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      float p = 0.1f + 0.8f * random.nextFloat();
      SamplingOptions options = new SamplingOptions(1, 0, p, 0, 1, 0, 0, Map.of(), seed);
      float[] logits = new float[14];
      double rest = 1 / (double) p - 1;
      for (int id = 1; id < logits.length; id++) {
        double share = id < 4 ? rest / 4 : rest * 0.999;
        logits[id] = share > 0 ? (float) Math.log(share) : Float.NEGATIVE_INFINITY;
        rest -= Math.exp(logits[id]);
      }
      Sampler sampler = new Sampler(options, logits.length);
      DefinedSampler defined = new DefinedSampler(options, logits.length);
      for (int place = 0; place < 20; place++) {
        assertThat(sampler.choose(logits, place))
            .as("seed %d, place %d", seed, place)
            .isEqualTo(defined.choose(logits, place));
      }
    }
  }

  @Test
  void nearWeightsAreAsNearAsTheySay() {
    Random random = new Random(9);
    float[] logits = new float[256];
    double[] near = new double[256];
    for (int round = 0; round < 4_000; round++) {
      double temperature = 0.05 + 3 * random.nextDouble();
      float largest = (float) (random.nextGaussian() * 20);
      for (int i = 0; i < logits.length; i++) {
        logits[i] = (float) (largest - random.nextDouble() * 60 * temperature);
      }
      logits[0] = largest;
      logits[1] = Float.NEGATIVE_INFINITY;
      logits[2] = (float) (largest - 40 * temperature);
      NearWeights.exponentials(logits, 0, logits.length, largest, 1 / temperature, near);
      for (int i = 0; i < logits.length; i++) {
        double defined = StrictMath.exp(((double) logits[i] - largest) / temperature);
        double bound = Math.max(NearWeights.RELATIVE_ERROR * defined, NearWeights.ABSOLUTE_ERROR);
        assertThat(Math.abs(near[i] - defined)).isLessThanOrEqualTo(bound);
      }
    }
  }
}
