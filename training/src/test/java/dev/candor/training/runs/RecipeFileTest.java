package dev.candor.training.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.candor.engine.ConfigException;
import dev.candor.training.TrainingException;
import dev.candor.training.lessons.Curriculum;
import dev.candor.training.optimisers.AdamW;
import dev.candor.training.optimisers.LearningRate;
import dev.candor.training.optimisers.Muon;
import dev.candor.training.optimisers.WarmRestarts;
import dev.candor.training.runs.Recipe.OptimiserChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeFileTest {

  private static final String LEAST =
      """
      seed: 1
      model: {vocab_size: 300, max_position_embeddings: 128}
      tokens: 1e6
      learningRate: {peak: 3e-3}
      """;

  @TempDir private Path folder;

  private static WarmRestarts restarts(WarmRestarts.Cycle... cycles) {
    return new WarmRestarts(List.of(cycles));
  }

  private Recipe read(String text) {
    return RecipeFile.read(RunFixture.recipe(folder, text));
  }

  private void assertRefused(String text, String code, String message, String remedy) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOfSatisfying(
            TrainingException.class,
            e -> {
              assertThat(e.code()).isEqualTo("training." + code);
              assertThat(e.remedy()).contains(remedy);
            })
        .hasMessageContaining(message);
  }

  @Test
  void whatIsNotSaidIsAsUsual() {
    Recipe recipe = read(LEAST);
    assertThat(recipe.tokens()).isEqualTo(1_000_000);
    assertThat(recipe.batches())
        .isEqualTo(new Recipe.BatchShape(4096, 2, false, Recipe.AnswerWeight.LENGTH));
    assertThat(recipe.optimiser()).isEqualTo(new OptimiserChoice.ByMuon(Muon.Settings.USUAL));
    assertThat(recipe.clipping()).isEqualTo(1);
    assertThat(recipe.learningRate())
        .isEqualTo(
            restarts(
                new WarmRestarts.Cycle(
                    0,
                    new LearningRate(
                        0.003, 0, LearningRate.Decay.COSINE, 1_000_000, 0.1, 1_000_000))));
    assertThat(recipe.curriculum()).isEqualTo(Curriculum.standard());
    assertThat(recipe.checkpoints()).isEqualTo(new Recipe.CheckpointPlan(0, 10, 2));
  }

  @Test
  void everythingCanBeSaid() {
    Recipe recipe = read(RunFixture.RECIPE.replace("kind: muon", "kind: adamw\n  beta2: 0.99"));
    assertThat(recipe.optimiser())
        .isEqualTo(new OptimiserChoice.ByAdamW(new AdamW.Settings(0.9, 0.99, 1e-8, 0.01)));
    assertThat(recipe.learningRate().cycles().getFirst().decayStart()).isEqualTo(8000);
    assertThat(recipe.curriculum().stages())
        .extracting(Curriculum.Stage::shares)
        .containsExactly(Map.of("short", 1), Map.of("short", 1, "long", 2));
    assertThat(recipe.model().integer("vocab_size", 1, 1000)).isEqualTo(272);
  }

  @Test
  void aRateRisesAgainBehindARestart() {
    String rate =
        LEAST.replace(
            "{peak: 3e-3}",
            "{peak: 3e-3, untilTokens: 400000, restarts: [{fromTokens: 500000, peak: 1e-3,"
                + " warmUpTokens: 100000, decay: linear, finalShare: 0}]}");
    assertThat(read(rate).learningRate())
        .isEqualTo(
            restarts(
                new WarmRestarts.Cycle(
                    0,
                    new LearningRate(0.003, 0, LearningRate.Decay.COSINE, 400_000, 0.1, 400_000)),
                new WarmRestarts.Cycle(
                    500_000,
                    new LearningRate(
                        0.001, 100_000, LearningRate.Decay.LINEAR, 400_000, 0, 500_000))));
    assertRefused(
        rate.replace("untilTokens: 400000", "untilTokens: 500001"),
        "out-of-range",
        "untilTokens is 500001, allowed is 1 to 500000",
        "Correct");
    assertRefused(
        LEAST.replace("3e-3", "3e-3, untilTokens: 999999"),
        "out-of-range",
        "untilTokens is 999999, allowed is 1000000 to 1000000",
        "Correct");
    assertRefused(
        rate.replace("fromTokens: 500000", "fromTokens: 1000000"),
        "out-of-range",
        "fromTokens is 1000000, allowed is 1 to 999999",
        "Correct");
    assertRefused(
        rate.replace("500000, peak", "500000, peek"), "unknown-key", "restarts[0]", "'peak'?");
    assertRefused(
        rate.replace("500000, peak: 1e-3", "500000"),
        "missing",
        "learningRate.restarts[0].peak is missing",
        "");
  }

  @Test
  void anUnknownKeySuggestsTheNearestOne() {
    assertRefused(
        LEAST + "batchs: {tokens: 100}\n", "unknown-key", "'batchs'", "Did you mean 'batches'?");
    assertRefused(
        LEAST.replace("peak", "peek"), "unknown-key", "learningRate", "Did you mean 'peak'?");
    assertRefused(
        LEAST.replace("vocab_size", "vocabsize"), "unknown-key", "model", "'vocab_size'?");
    assertRefused(
        LEAST + "optimiser: {kind: adamw, momentum: 0.9}\n", "unknown-key", "'momentum'", "beta");
    assertRefused(
        LEAST + "optimiser: {kind: moun}\n", "unknown-value", "kind is 'moun'", "'muon'?");
  }

  @Test
  void aLimitIsNamed() {
    assertRefused(
        LEAST
            + "batches: {tokens: 100, shards: 0}\n".replace("shards: 0", "trainPrompts: false")
            + "optimiser: {beta1: 1.5}\n",
        "out-of-range",
        "optimiser.beta1 is 1.5, allowed is 0.0 to",
        "Correct");
    assertRefused(
        LEAST + "validation: {everyTokens: 0}\n",
        "out-of-range",
        "everyTokens is 0, allowed is 1 to",
        "everyTokens");
    assertRefused(LEAST.replace("tokens", "# tokens"), "out-of-range", "tokens is missing", "");
    assertRefused(LEAST.replace("seed", "# seed"), "missing", "seed is missing", "");
    assertRefused(
        LEAST + "curriculum: [{lessons: {a: 1}}, {lessons: {b: 1}}]\n",
        "out-of-range",
        "fromTokens is missing",
        "");
    assertThatThrownBy(() -> read(LEAST + "batches: {shards: 65}\n"))
        .asInstanceOf(type(ConfigException.class))
        .satisfies(e -> assertThat(e).hasMessageContaining("shards is 65, allowed is 1 to 64"));
  }

  @Test
  void whatIsNoYamlIsRefused() {
    assertRefused("a: [1\nb: 2", "malformed", "is not YAML", "");
    assertRefused("seed: 1\nseed: 2\n", "malformed", "is not YAML", "");
    assertRefused("just words", "malformed", "keys and values", "");
  }

  @Test
  void theDigestIsOfWhatDecidesTheWeights() {
    String digest = read(RunFixture.RECIPE).digest();
    assertThat(read(RunFixture.RECIPE.replace("kept: 2", "kept: 3")).digest()).isEqualTo(digest);
    assertThat(read(RunFixture.RECIPE + "# a remark\n").digest()).isEqualTo(digest);
    assertThat(read(RunFixture.RECIPE.replace("decayTokens: 2000", "decayTokens: 2001")).digest())
        .isNotEqualTo(digest);
    assertThat(read(RunFixture.RECIPE.replace("Lesson: 50", "Lesson: 51")).digest())
        .isNotEqualTo(digest);
    String constant = RunFixture.RECIPE.replace("decayTokens: 2000", "decayTokens: 0");
    assertThat(read(constant).digest())
        .isNotEqualTo(read(constant.replace("tokens: 10000", "tokens: 10001")).digest());
  }
}
