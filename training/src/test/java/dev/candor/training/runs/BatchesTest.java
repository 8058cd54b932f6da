package dev.candor.training.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.tokenizers.TokenizerJson;
import dev.candor.training.TrainingException;
import dev.candor.training.lessons.Exercise;
import dev.candor.training.lessons.Lesson;
import dev.candor.training.lessons.Split;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.runs.ExerciseEncoder.Encoded;
import dev.candor.training.runs.Recipe.AnswerWeight;
import dev.candor.training.tokenizers.BytePairTrainer;
import dev.candor.training.tokenizers.TokenizerFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchesTest {

  @TempDir private Path folder;
  private ExerciseEncoder encoder;
  private Tokenizer tokenizer;

  @BeforeEach
  void trainTokenizer() {
    BytePairTrainer trainer = new BytePairTrainer();
    for (Lesson lesson : RunFixture.LESSONS) {
      trainer.add(lesson.exercise(Split.TRAIN, 0).prompt());
    }
    TokenizerFiles.write(trainer.train(265, TokenizerFiles.CHAT_TOKENS), 128, folder);
    tokenizer = TokenizerJson.open(folder.resolve("tokenizer.json"));
    encoder = new ExerciseEncoder(tokenizer, false, AnswerWeight.LENGTH);
  }

  private Batches batches(String recipe) {
    return new Batches(
        RecipeFile.read(RunFixture.recipe(folder, recipe)), RunFixture.LESSONS, encoder, 128);
  }

  private static List<String> steps(Batches batches, int count) {
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      for (TokenBatch shard : batches.next().shards()) {
        steps.add(Arrays.toString(shard.tokens()) + Arrays.toString(shard.targets()));
      }
    }
    return steps;
  }

  @Test
  void theLossAsksForTheAnswerAndItsEnd() {
    Exercise exercise = new Exercise("Say <|end|> 12", "one two", "a", List.of(), List.of());
    Encoded encoded = encoder.encode(exercise);
    // As the engine reads a chat: the user's words are plain text.
    int[] prompt = tokenizer.encode("Say <|end|> 12", false, false);
    int[] answer = tokenizer.encode("one two<|end|>", false, true);
    int start = prompt.length + 3;
    assertThat(encoded.length()).isEqualTo(start + answer.length - 1);
    assertThat(tokenizer.decode(encoded.tokens(), false))
        .isEqualTo("<|user|>Say <|end|> 12<|end|><|assistant|>one two");
    assertThat(Arrays.copyOf(encoded.targets(), start - 1)).containsOnly(TokenBatch.NO_TARGET);
    assertThat(Arrays.copyOfRange(encoded.targets(), start - 1, encoded.length()))
        .containsExactly(answer);
    assertThat(new ExerciseEncoder(tokenizer, true, AnswerWeight.LENGTH).encode(exercise).targets())
        .doesNotContain(TokenBatch.NO_TARGET);
  }

  @Test
  void anAnswerWeighsItsLengthOrTheRootOfIt() {
    ExerciseEncoder roots = new ExerciseEncoder(tokenizer, false, AnswerWeight.ROOT);
    for (String answer : List.of("one", "one two three four five six seven")) {
      Exercise exercise = new Exercise("Say it", answer, "a", List.of(), List.of());
      TokenBatch byLength = ExerciseEncoder.join(List.of(encoder.encode(exercise)));
      TokenBatch byRoot = ExerciseEncoder.join(List.of(roots.encode(exercise)));
      int targets = byLength.targetCount();
      assertThat(byLength.weight()).isEqualTo(targets);
      assertThat(byRoot.weight()).isCloseTo(Math.sqrt(targets), within(1e-5));
    }
  }

  @Test
  void shardsCostTheSameAndNothingIsPadded() {
    Batches batches = batches(RunFixture.RECIPE);
    for (int i = 0; i < 30; i++) {
      Batches.Step step = batches.next();
      List<Integer> lengths = step.shards().stream().map(shard -> shard.tokens().length).toList();
      assertThat(lengths).hasSize(3);
      assertThat(lengths.stream().mapToInt(Integer::intValue).sum()).isEqualTo(step.tokens());
      assertThat(step.tokens()).isBetween(480 - 60, 480);
      assertThat(lengths.stream().mapToInt(Integer::intValue).max().orElseThrow())
          .isLessThanOrEqualTo(step.tokens() / 3 + 30);
      assertThat(step.targets()).isPositive();
    }
  }

  @Test
  void itGoesOnFromNumbers() {
    Batches whole = batches(RunFixture.RECIPE);
    steps(whole, 8);
    Batches.Position position = whole.position();
    List<String> expected = steps(whole, 10);
    Batches resumed = batches(RunFixture.RECIPE);
    resumed.restore(position);
    assertThat(steps(resumed, 10)).isEqualTo(expected);
    assertThat(steps(batches(RunFixture.RECIPE.replace("seed: 5", "seed: 6")), 10))
        .isNotEqualTo(steps(batches(RunFixture.RECIPE), 10));
  }

  @Test
  void lessonsComeInTheProportionsOfTheStage() {
    Batches batches =
        batches(RunFixture.RECIPE.replace("short: 1}\n  - from", "long: 1}\n  - from"));
    int longs = 0;
    int all = 0;
    while (batches.position().tokens() < 3000) {
      for (TokenBatch shard : batches.next().shards()) {
        assertThat(tokenizer.decode(shard.tokens(), false)).doesNotContain("short");
      }
    }
    for (int i = 0; i < 200; i++) {
      for (TokenBatch shard : batches.next().shards()) {
        longs += tokenizer.decode(shard.tokens(), false).split("long", -1).length - 1;
        all += shard.sequences();
      }
    }
    assertThat((double) longs / all).isBetween(0.62, 0.71);
  }

  @Test
  void anExerciseThatIsTooLongIsNotCut() {
    Batches batches =
        new Batches(
            RecipeFile.read(RunFixture.recipe(folder, RunFixture.RECIPE)),
            RunFixture.LESSONS,
            encoder,
            20);
    assertThatThrownBy(batches::next)
        .isInstanceOfSatisfying(
            TrainingException.class,
            e -> assertThat(e.code()).isEqualTo("training.exercise-too-long"))
        .hasMessageContaining("exercise 0 of short, TRAIN")
        .hasMessageContaining("allowed are 20");
  }
}
