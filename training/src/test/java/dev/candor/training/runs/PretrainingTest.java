package dev.candor.training.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.json.Json;
import dev.candor.training.TrainingException;
import dev.candor.training.lessons.Split;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PretrainingTest {

  @TempDir private Path folder;
  private Path recipe = Path.of("");

  @BeforeEach
  void writeRecipe() {
    recipe = RunFixture.recipe(folder, RunFixture.RECIPE);
  }

  private Path out(String name) {
    return folder.resolve(name);
  }

  private static Path newest(Path out) {
    return TrainingCheckpoint.newest(out).orElseThrow();
  }

  private static void assertSameRun(Path one, Path other) {
    assertThat(newest(one).getFileName()).isEqualTo(newest(other).getFileName());
    for (String file :
        List.of("model.safetensors", "optimiser.safetensors", "run.json", "tokenizer.json")) {
      assertThat(newest(one).resolve(file)).hasSameBinaryContentAs(newest(other).resolve(file));
    }
    assertThat(one.resolve("model.safetensors"))
        .hasSameBinaryContentAs(other.resolve("model.safetensors"));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "1,2", "2,3"})
  void aRunThatWasInterruptedGivesTheSameBits(int threadsBefore, int threadsAfter) {
    assertThat(RunFixture.run(recipe, out("whole"), false, 1, Long.MAX_VALUE)).isTrue();
    assertThat(RunFixture.run(recipe, out("parts"), false, threadsBefore, 10)).isFalse();
    assertThat(newest(out("parts"))).hasFileName("step-0000000010");
    assertThat(out("parts").resolve("model.safetensors")).doesNotExist();
    assertThat(RunFixture.run(recipe, out("parts"), true, threadsAfter, Long.MAX_VALUE)).isTrue();
    assertSameRun(out("whole"), out("parts"));
  }

  @Test
  void adamWGoesOnToo() {
    Path adamW = RunFixture.recipe(folder, RunFixture.RECIPE.replace("muon", "adamw"));
    RunFixture.run(adamW, out("whole"), false, 2, Long.MAX_VALUE);
    RunFixture.run(adamW, out("parts"), false, 2, 7);
    RunFixture.run(adamW, out("parts"), true, 2, 6);
    RunFixture.run(adamW, out("parts"), true, 2, Long.MAX_VALUE);
    assertSameRun(out("whole"), out("parts"));
  }

  @Test
  void itLearnsAndSaysHowWell() {
    List<TrainingListener.StepReport> steps = new ArrayList<>();
    List<TrainingListener.ValidationReport> validations = new ArrayList<>();
    RunFixture.run(
        recipe,
        out("a"),
        false,
        2,
        Long.MAX_VALUE,
        new TrainingListener() {
          @Override
          public void stepped(StepReport report) {
            steps.add(report);
          }

          @Override
          public void validated(ValidationReport report) {
            validations.add(report);
          }
        });
    assertThat(steps.getFirst().loss()).isBetween(5.0, 6.0);
    assertThat(steps.getLast().loss()).isLessThan(2);
    assertThat(steps.getLast().tokens()).isGreaterThanOrEqualTo(10_000);
    assertThat(steps)
        .allMatch(step -> step.stage() == (step.tokens() - step.stepTokens() < 3000 ? 0 : 1));
    assertThat(validations).hasSize(3);
    assertThat(validations.getLast().scores())
        .extracting(LessonScore::lesson, LessonScore::split)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("short", Split.NEW_VALUES),
            org.assertj.core.groups.Tuple.tuple("short", Split.NEW_PHRASINGS),
            org.assertj.core.groups.Tuple.tuple("long", Split.NEW_VALUES),
            org.assertj.core.groups.Tuple.tuple("long", Split.NEW_PHRASINGS));
    LessonScore before = validations.getFirst().scores().get(2);
    LessonScore after = validations.getLast().scores().get(2);
    assertThat(after.exercises()).isEqualTo(20);
    assertThat(after.loss()).isLessThan(before.loss());
    assertThat(after.leastTokenAccuracy()).isGreaterThan(0.5);
  }

  @Test
  void theFolderHoldsTheModelItsLogAndItsCurves() throws Exception {
    RunFixture.run(recipe, out("a"), false, 1, Long.MAX_VALUE);
    assertThat(out("a"))
        .isDirectoryContaining("glob:**/config.json")
        .isDirectoryContaining("glob:**/generation_config.json")
        .isDirectoryContaining("glob:**/model.safetensors")
        .isDirectoryContaining("glob:**/tokenizer.json")
        .isDirectoryContaining("glob:**/tokenizer_config.json");
    assertThat(out("a").resolve("recipe.yaml")).hasSameTextualContentAs(recipe);
    List<String> log = Files.readAllLines(out("a").resolve("log.jsonl"));
    for (String line : log) {
      Json.parseObject(
          new ByteArrayInputStream(line.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
          Json.Limits.CONFIG,
          "log");
    }
    assertThat(log.getFirst()).startsWith("{\"step\":1,\"tokens\":").contains("\"learningRate\":");
    assertThat(log.getLast()).contains("\"scores\":");
    String svg = Files.readString(out("a").resolve("loss.svg"));
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(out("a").resolve("loss.svg").toFile());
    assertThat(svg).contains(">short<").contains("stroke-dasharray");
  }

  @Test
  void stepsThatWereLostAreNotInTheLogTwice() throws IOException {
    RunFixture.run(recipe, out("a"), false, 1, 5);
    Path log = out("a").resolve("log.jsonl");
    String broken = Files.readString(log) + "{\"step\":6,\"tokens\":1}\n{\"step\":7,\"tok";
    Files.writeString(log, broken);
    RunFixture.run(recipe, out("a"), true, 1, 2);
    assertThat(Files.readAllLines(log).stream().filter(line -> line.contains("\"loss\":")).toList())
        .extracting(line -> line.replaceAll("^\\{\"step\":([0-9]+),.*", "$1"))
        .containsExactly("1", "2", "3", "4", "5", "6", "7");
  }

  @Test
  void onlyTheNewestCheckpointsAreKept() {
    Path often =
        RunFixture.recipe(
            folder, RunFixture.RECIPE.replace("kept: 2", "kept: 2\n  everyTokens: 1000"));
    RunFixture.run(often, out("a"), false, 1, Long.MAX_VALUE);
    assertThat(out("a").resolve("checkpoints").toFile().list()).hasSize(2);
  }

  private static void assertRefused(String code, String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TrainingException.class, e -> assertThat(e.code()).isEqualTo("training." + code))
        .hasMessageContaining(message);
  }

  private void assertOtherRecipe(String replaced, String by, String message) {
    String text = RunFixture.RECIPE.replace(replaced, by);
    assertThat(text).isNotEqualTo(RunFixture.RECIPE);
    Path other = RunFixture.recipe(folder, text);
    assertRefused("other-recipe", message, () -> RunFixture.run(other, out("a"), true, 1, 1));
  }

  @Test
  void aCheckpointOfAnotherRecipeIsRefusedWithWhatDiffers() {
    // Past 3000 tokens, before the learning rate falls at 8000.
    RunFixture.run(recipe, out("a"), false, 1, 9);
    assertOtherRecipe("peak: 0.2", "peak: 0.06", "learningRate.peak was 0.2, is 0.06");
    assertOtherRecipe("kind: muon", "kind: adamw", "optimiser.kind was muon, is adamw");
    assertOtherRecipe("seed: 5", "seed: 6", "seed was 5, is 6");
    assertOtherRecipe("shards: 3", "shards: 2", "batches.shards was 3, is 2");
    assertOtherRecipe("hidden_size: 8", "hidden_size: 16", "model.hidden_size was 8, is 16");
    assertOtherRecipe("long: 2", "long: 3", "curriculum from 3000 was");
    assertOtherRecipe(
        "exercisesPerLesson: 50", "exercisesPerLesson: 51", "tokenizer.exercisesPerLesson was 50");
    assertOtherRecipe(
        "lessons: {short: 1, long: 2}",
        "lessons: {short: 1}",
        "tokenizer.lessons was long, short, is short");
    assertOtherRecipe("fromTokens: 3000", "fromTokens: 3001", "curriculum from 3000 was");
  }

  @Test
  void whatHasNotBegunMayStillBeChanged() {
    RunFixture.run(recipe, out("a"), false, 1, 3);
    Path other =
        RunFixture.recipe(
            folder,
            RunFixture.RECIPE
                .replace("fromTokens: 3000", "fromTokens: 2500")
                .replace("decayTokens: 2000", "decayTokens: 500\n  decay: linear")
                .replace("tokens: 10000", "tokens: 6000")
                .replace("kept: 2", "kept: 5"));
    assertThat(RunFixture.run(other, out("a"), true, 1, Long.MAX_VALUE)).isTrue();
    RunFixture.run(other, out("b"), false, 1, Long.MAX_VALUE);
    assertSameRun(out("a"), out("b"));
  }

  @Test
  void aRunThatHasEndedIsGoneOnWithBehindARestart() {
    // An end is validated, and so is every 5000th token: both runs have the same curves.
    String text = RunFixture.RECIPE.replace("everyTokens: 4000", "everyTokens: 5000");
    Path ended = RunFixture.recipe(folder, text);
    assertThat(RunFixture.run(ended, out("a"), false, 1, Long.MAX_VALUE)).isTrue();
    String longer =
        text.replace("tokens: 10000", "tokens: 14000")
            .replace(
                "  decayTokens: 2000\n",
                """
                  decayTokens: 2000
                  untilTokens: 10000
                  restarts:
                    - {fromTokens: 10480, peak: 0.1, warmUpTokens: 500, decay: linear}
                """);
    Path on = RunFixture.recipe(folder, longer);
    assertThat(RunFixture.run(on, out("a"), true, 2, 3)).isFalse();
    assertThat(out("a").resolve("model.safetensors")).doesNotExist();
    Path other = RunFixture.recipe(folder, longer.replace("peak: 0.1", "peak: 0.05"));
    assertRefused(
        "other-recipe",
        "learningRate.peak from 10480 was 0.1, is 0.05",
        () -> RunFixture.run(other, out("a"), true, 1, 1));
    assertThat(RunFixture.run(on, out("a"), true, 1, Long.MAX_VALUE)).isTrue();
    assertThat(RunFixture.run(on, out("b"), false, 1, Long.MAX_VALUE)).isTrue();
    assertSameRun(out("a"), out("b"));
  }

  @Test
  void aDamagedCheckpointIsRefused() throws IOException {
    RunFixture.run(recipe, out("a"), false, 1, 3);
    try (RandomAccessFile file =
        new RandomAccessFile(newest(out("a")).resolve("optimiser.safetensors").toFile(), "rw")) {
      file.seek(file.length() - 5);
      int old = file.read();
      file.seek(file.length() - 5);
      file.write(old ^ 1);
    }
    assertRefused(
        "checkpoint-damaged",
        "optimiser.safetensors is not what was written",
        () -> RunFixture.run(recipe, out("a"), true, 1, 1));
  }

  @Test
  void aRunIsNotOverwrittenAndNoneIsInvented() {
    assertRefused(
        "no-checkpoint", "no checkpoint", () -> RunFixture.run(recipe, out("a"), true, 1, 1));
    RunFixture.run(recipe, out("a"), false, 1, 1);
    assertRefused(
        "run-exists", "there is a run", () -> RunFixture.run(recipe, out("a"), false, 1, 1));
  }

  @Test
  void aLessonThatIsNotThereIsSaid() {
    Path other = RunFixture.recipe(folder, RunFixture.RECIPE.replace("long: 2", "lnog: 2"));
    assertThatThrownBy(() -> RunFixture.run(other, out("a"), false, 1, 1))
        .isInstanceOfSatisfying(
            TrainingException.class, e -> assertThat(e.remedy()).contains("Did you mean 'long'?"));
  }

  @Test
  void aLossThatIsNoNumberEndsTheRun() {
    Path other =
        RunFixture.recipe(
            folder,
            RunFixture.RECIPE
                .replace("peak: 0.2", "peak: 100")
                .replace("weightDecay: 0.01", "weightDecay: 10"));
    assertRefused(
        "diverged", "has a loss of", () -> RunFixture.run(other, out("a"), false, 1, 1000));
  }
}
