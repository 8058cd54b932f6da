package dev.candor.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.GenerationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SamplerTest {

  private static SamplingOptions drawn(float temperature, int topK, float topP, float minP) {
    return new SamplingOptions(temperature, topK, topP, minP, 1, 0, 0, Map.of(), 42);
  }

  private static float[] randomLogits(Random random, int vocabulary) {
    float[] logits = new float[vocabulary];
    for (int i = 0; i < vocabulary; i++) {
      // Coarse steps, so that equal logits turn up.
      logits[i] = Math.round(random.nextGaussian() * 12) / 4f;
    }
    return logits;
  }

  /** The tokens that the options keep, with their probabilities: the definition, by sorting. */
  private static Map<Integer, Double> reference(float[] logits, SamplingOptions options) {
    List<Integer> order = new ArrayList<>();
    for (int id = 0; id < logits.length; id++) {
      order.add(id);
    }
    order.sort((a, b) ->
        logits[a] == logits[b] ? Integer.compare(a, b) : Float.compare(logits[b], logits[a]));
    if (options.topK() > 0 && options.topK() < order.size()) {
      order = order.subList(0, options.topK());
    }
    double[] weights = new double[logits.length];
    double total = 0;
    for (int id : order) {
      weights[id] = Math.exp(((double) logits[id] - logits[order.get(0)]) / options.temperature());
      total += weights[id];
    }
    Map<Integer, Double> kept = new HashMap<>();
    double reached = 0;
    for (int id : order) {
      if (reached >= options.topP() * total && options.topP() < 1) {
        break;
      }
      reached += weights[id];
      if (weights[id] >= options.minP()) {
        kept.put(id, weights[id]);
      }
    }
    double sum = kept.values().stream().mapToDouble(Double::doubleValue).sum();
    kept.replaceAll((id, weight) -> weight / sum);
    return kept;
  }

  @Test
  void drawsFollowTheDistributionThatTheOptionsDefine() {
    Random random = new Random(3);
    float[] temperatures = {0.3f, 0.7f, 1, 2};
    int[] ks = {0, 0, 1, 3, 20, 100};
    float[] ps = {1, 0.95f, 0.5f, 0.1f};
    float[] ms = {0, 0, 0.05f, 0.4f};
    for (int round = 0; round < 60; round++) {
      float[] logits = randomLogits(random, 60);
      SamplingOptions options =
          new SamplingOptions(
              temperatures[random.nextInt(4)],
              ks[random.nextInt(6)],
              ps[random.nextInt(4)],
              ms[random.nextInt(4)],
              1,
              0,
              0,
              Map.of(),
              random.nextLong());
      Map<Integer, Double> expected = reference(logits, options);
      Sampler sampler = new Sampler(options, logits.length);
      int draws = 4000;
      int[] counts = new int[logits.length];
      for (int place = 0; place < draws; place++) {
        counts[sampler.choose(logits, place)]++;
      }
      double chiSquare = 0;
      int cells = 0;
      double restExpected = 0;
      int restCount = 0;
      for (int id = 0; id < logits.length; id++) {
        double mean = expected.getOrDefault(id, 0.0) * draws;
        if (!expected.containsKey(id)) {
          assertThat(counts[id]).as("token %d is not kept by %s", id, options).isZero();
        } else if (mean < 5) {
          restExpected += mean;
          restCount += counts[id];
        } else {
          chiSquare += (counts[id] - mean) * (counts[id] - mean) / mean;
          cells++;
        }
      }
      if (restExpected >= 5) {
        chiSquare += (restCount - restExpected) * (restCount - restExpected) / restExpected;
        cells++;
      }
      // Mean of the statistic plus five standard deviations.
      double freedom = Math.max(1, cells - 1);
      assertThat(chiSquare).as("%s", options).isLessThan(freedom + 5 * Math.sqrt(2 * freedom));
    }
  }

  @Test
  void keepsExactlyWhatTheDefinitionKeeps() {
    Random random = new Random(8);
    for (int round = 0; round < 300; round++) {
      float[] logits = randomLogits(random, 1 + random.nextInt(300));
      SamplingOptions options =
          new SamplingOptions(
              0.2f + 2 * random.nextFloat(),
              random.nextInt(40),
              1 - random.nextFloat() * random.nextFloat(),
              random.nextBoolean() ? 0 : random.nextFloat() / 2,
              1,
              0,
              0,
              Map.of(),
              random.nextLong());
      Map<Integer, Double> expected = reference(logits, options);
      Sampler sampler = new Sampler(options, logits.length);
      for (int place = 0; place < 200; place++) {
        assertThat(expected).containsKey(sampler.choose(logits, place));
      }
    }
  }

  @Test
  void narrowOptionsAreGreedy() {
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      float[] logits = randomLogits(random, 100);
      int best = new Sampler(SamplingOptions.GREEDY, 100).choose(logits, 0);
      for (float logit : logits) {
        assertThat(logit).isLessThanOrEqualTo(logits[best]);
      }
      for (int id = 0; id < best; id++) {
        assertThat(logits[id]).isLessThan(logits[best]);
      }
      for (SamplingOptions narrow :
          List.of(drawn(5, 1, 1, 0), drawn(5, 0, Float.MIN_VALUE, 0), drawn(5, 7, 1e-6f, 0))) {
        assertThat(new Sampler(narrow, 100).choose(logits, round)).isEqualTo(best);
      }
      float[] distinct = logits.clone();
      distinct[best] += 1;
      assertThat(new Sampler(drawn(5, 0, 1, 1), 100).choose(distinct, round)).isEqualTo(best);
      assertThat(new Sampler(drawn(1e-6f, 0, 1, 0), 100).choose(distinct, round)).isEqualTo(best);
    }
  }

  @Test
  void wideOptionsAreNone() {
    Random random = new Random(6);
    for (int round = 0; round < 100; round++) {
      float[] logits = randomLogits(random, 50);
      int free = new Sampler(drawn(1, 0, 1, 0), 50).choose(logits, round);
      assertThat(new Sampler(drawn(1, 50, 1, 0), 50).choose(logits, round)).isEqualTo(free);
      assertThat(new Sampler(drawn(1, 9999, 1, 0), 50).choose(logits, round)).isEqualTo(free);
    }
  }

  @Test
  void shiftedAndScaledLogitsGiveTheSameTokens() {
    Random random = new Random(7);
    for (int round = 0; round < 100; round++) {
      float[] logits = randomLogits(random, 80);
      float[] shifted = logits.clone();
      float[] doubled = logits.clone();
      for (int id = 0; id < logits.length; id++) {
        shifted[id] += 16;
        doubled[id] *= 2;
      }
      int expected = new Sampler(drawn(0.75f, 30, 0.9f, 0.01f), 80).choose(logits, round);
      assertThat(new Sampler(drawn(0.75f, 30, 0.9f, 0.01f), 80).choose(shifted, round))
          .isEqualTo(expected);
      assertThat(new Sampler(drawn(1.5f, 30, 0.9f, 0.01f), 80).choose(doubled, round))
          .isEqualTo(expected);
    }
  }

  @Test
  void penaltiesAndBiasChangeTheLogitsAsDefined() {
    float[] logits = {2, -1, 0.5f, 1.9f};
    SamplingOptions repetition = new SamplingOptions(0, 0, 1, 0, 2, 0, 0, Map.of(), 0);
    Sampler sampler = new Sampler(repetition, 4);
    assertThat(sampler.choose(logits, 0)).isEqualTo(0);
    sampler.seePrompt(0);
    assertThat(sampler.choose(logits, 0)).isEqualTo(3);
    sampler.seeGenerated(3);
    assertThat(sampler.choose(logits, 0)).isEqualTo(0);

    float[] negative = {-1, -1.5f};
    Sampler multiplies = new Sampler(repetition, 2);
    multiplies.seePrompt(0);
    assertThat(multiplies.choose(negative, 0)).isEqualTo(1);

    Sampler presence = new Sampler(new SamplingOptions(0, 0, 1, 0, 1, 0.2f, 0, Map.of(), 0), 4);
    presence.seePrompt(0);
    assertThat(presence.choose(logits, 0)).isEqualTo(0);
    presence.seeGenerated(0);
    presence.seeGenerated(0);
    assertThat(presence.choose(logits, 0)).isEqualTo(3);
    presence.seeGenerated(3);
    assertThat(presence.choose(logits, 0)).isEqualTo(0);

    Sampler frequency = new Sampler(new SamplingOptions(0, 0, 1, 0, 1, 0, 0.06f, Map.of(), 0), 4);
    frequency.seeGenerated(0);
    assertThat(frequency.choose(logits, 0)).isEqualTo(0);
    frequency.seeGenerated(0);
    assertThat(frequency.choose(logits, 0)).isEqualTo(3);

    Sampler biased = new Sampler(new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(1, 4f), 0), 4);
    assertThat(biased.choose(logits, 0)).isEqualTo(1);
    assertThat(logits).containsExactly(2, -1, 0.5f, 1.9f);
  }

  @Test
  void refusesLogitsThatAreNoNumbersAndBiasOfNoToken() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] logits = {1, 2, bad, 3};
      for (SamplingOptions options : List.of(SamplingOptions.GREEDY, drawn(1, 2, 0.9f, 0))) {
        assertThatThrownBy(() -> new Sampler(options, 4).choose(logits, 0))
            .isInstanceOf(GenerationException.class)
            .hasMessageContaining("token 2")
            .extracting("code")
            .isEqualTo("generation.logits");
      }
    }
    float none = Float.NEGATIVE_INFINITY;
    assertThatThrownBy(
            () -> new Sampler(SamplingOptions.GREEDY, 2).choose(new float[] {none, none}, 0))
        .extracting("code")
        .isEqualTo("generation.logits");
    for (int place = 0; place < 50; place++) {
      assertThat(new Sampler(drawn(1, 0, 1, 0), 3).choose(new float[] {none, 1, none}, place))
          .isEqualTo(1);
    }
    for (int id : new int[] {-1, 4}) {
      SamplingOptions options = new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(id, 1f), 0);
      assertThatThrownBy(() -> new Sampler(options, 4))
          .extracting("code")
          .isEqualTo("generation.out-of-range");
    }
  }

  @Test
  void extremeOptionsStayFinite() {
    float[] logits = {3e38f, -3e38f, 1, 0};
    SamplingOptions options =
        new SamplingOptions(1e-30f, 0, 0.5f, 0, Float.MIN_VALUE, 100, 100, Map.of(2, 1000f), 1);
    Sampler sampler = new Sampler(options, 4);
    for (int id = 0; id < 4; id++) {
      sampler.seeGenerated(id);
    }
    assertThat(sampler.choose(logits, 3)).isEqualTo(0);
  }

  /** Outputs of the generator with seed 1234567, as published with the algorithm. */
  @Test
  void drawsAreThoseOfSplitMix64() {
    long[] published = {
      6457827717110365317L,
      3203168211198807973L,
      Long.parseUnsignedLong("9817491932198370423"),
      4593380528125082431L,
      Long.parseUnsignedLong("16408922859458223821")
    };
    for (int place = 0; place < published.length; place++) {
      assertThat(SplitMix64.at(1234567, place)).isEqualTo(published[place]);
      assertThat(SplitMix64.unitAt(1234567, place)).isBetween(0.0, Math.nextDown(1.0));
    }
  }
}
