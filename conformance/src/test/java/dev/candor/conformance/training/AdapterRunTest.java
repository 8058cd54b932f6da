package dev.candor.conformance.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.conformance.TestData;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.models.Compute;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.training.TrainingException;
import dev.candor.training.adapters.AdaptedModel;
import dev.candor.training.adapters.AdapterRecipe;
import dev.candor.training.adapters.AdapterRun;
import dev.candor.training.adapters.ExampleBatches;
import dev.candor.training.runs.ExerciseEncoder.Encoded;
import dev.candor.training.runs.LossHistory.StepLoss;
import dev.candor.training.runs.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that train an adapter: to the same bits, and to a lower loss. */
class AdapterRunTest {

  @TempDir Path folder;

  private AdapterRecipe recipe(String more) throws IOException {
    return recipe(4, 0.01, more);
  }

  private AdapterRecipe recipe(int epochs, double rate, String more) throws IOException {
    Path file = folder.resolve("recipe.yaml");
    Files.writeString(
        file,
        """
        base: llama-smol
        data: none
        adapter: {rank: 4, targets: [q_proj, v_proj, up_proj, down_proj]}
        batches: {examples: 8}
        validation: {everyExamples: 64, examples: 16}
        """
            + "epochs: "
            + epochs
            + "\nlearningRate: {peak: "
            + rate
            + "}\n"
            + more);
    return AdapterRecipe.read(file);
  }

  /** The last token of the prompt decides the answer. */
  private static List<Encoded> examples(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Encoded> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] prompt = new int[6 + random.nextInt(20)];
      for (int j = 0; j < prompt.length; j++) {
        prompt[j] = 2 + random.nextInt(40);
      }
      int last = random.nextInt(4);
      prompt[prompt.length - 1] = 100 + last;
      int[] answer = {300 + last, 1};
      examples.add(ExampleBatches.example(prompt, answer, 64, "example " + i));
    }
    return examples;
  }

  private record Outcome(float[] values, List<StepLoss> losses, double validation) {}

  private Outcome run(AdapterRecipe recipe, Path out, int threads, boolean resume, int steps) {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.fixture("llama-smol"));
        WorkerPool pool = new PersistentWorkerPool(threads)) {
      Compute compute = new Compute(KernelSelector.choose().kernels(), pool);
      AdaptedModel model = AdaptedModel.of(checkpoint, compute, recipe.shape(), recipe.seed());
      int[] done = {0};
      try (AdapterRun run =
          new AdapterRun(
              recipe,
              model,
              new AdapterRun.Examples(
                  "last tokens", examples(100, 1), examples(16, 2), Map.of("base", "b")),
              out,
              resume,
              pool)) {
        run.run(new TrainingListener() {}, () -> ++done[0] == steps);
        return new Outcome(
            model.values().clone(),
            run.history().steps(),
            run.history().validations().isEmpty()
                ? Double.NaN
                : run.history().validations().getLast().scores().getFirst().loss());
      }
    }
  }

  @Test
  void givesTheSameBitsHoweverItStops() throws IOException {
    AdapterRecipe recipe = recipe("");
    Outcome whole = run(recipe, folder.resolve("whole"), 2, false, 1000);

    run(recipe, folder.resolve("parts"), 1, false, 7);
    run(recipe, folder.resolve("parts"), 2, true, 13);
    Outcome parts = run(recipe, folder.resolve("parts"), 1, true, 1000);

    assertThat(whole.losses()).hasSize(50);
    assertThat(parts.losses()).isEqualTo(whole.losses());
    assertThat(parts.values()).isEqualTo(whole.values());
    assertThat(folder.resolve("whole/loss.svg")).content().startsWith("<svg");
    assertThat(Files.readAllLines(folder.resolve("parts/log.jsonl")))
        .filteredOn(line -> line.contains("learningRate"))
        .hasSize(50);
  }

  @Test
  void learnsWhatTheExamplesShow() throws IOException {
    Outcome outcome = run(recipe(4, 0.02, ""), folder.resolve("run"), 2, false, 1000);

    double first = outcome.losses().getFirst().loss();
    assertThat(first).isGreaterThan(3);
    assertThat(outcome.validation()).isLessThan(0.5);
  }

  @Test
  void refusesACheckpointOfAnotherRecipe() throws IOException {
    run(recipe(""), folder.resolve("run"), 1, false, 3);
    AdapterRecipe other = recipe("seed: 2\n");

    assertThatThrownBy(() -> run(other, folder.resolve("run"), 1, true, 3))
        .isInstanceOfSatisfying(
            TrainingException.class, e -> assertThat(e.code()).isEqualTo("training.other-recipe"))
        .hasMessageContaining("seed was 1, is 2");
    assertThatThrownBy(() -> run(other, folder.resolve("run"), 1, false, 3))
        .isInstanceOfSatisfying(
            TrainingException.class, e -> assertThat(e.code()).isEqualTo("training.run-exists"));
  }

  @Test
  void refusesAnExampleThatIsTooLong() {
    assertThatThrownBy(() -> ExampleBatches.example(new int[9], new int[2], 9, "row 7"))
        .isInstanceOfSatisfying(
            TrainingException.class,
            e -> assertThat(e.code()).isEqualTo("training.example-too-long"))
        .hasMessageContaining("row 7 takes 10 tokens");
  }
}
