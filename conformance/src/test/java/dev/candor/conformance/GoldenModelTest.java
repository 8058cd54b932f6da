package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.cli.check.Finding;
import dev.candor.cli.check.GoldenCheck;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.models.Compute;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.SafetensorsFolder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiny random models give what the reference implementation gives. */
class GoldenModelTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sambay-tiny",
        "sambay-odd",
        "sambay-bf16",
        "llama3-tiny",
        "llama-smol",
        "mistral-tiny",
        "gemma-tiny",
        "gemma3-tiny",
        "gemma3-scaled",
        "phi3-longrope",
        "mobilebert-tiny",
        "mobilebert-noshare"
      })
  void givesWhatTheReferenceGives(String name) {
    Path folder = TestData.fixture(name);
    try (WorkerPool pool = new PersistentWorkerPool(2);
        Checkpoint checkpoint = SafetensorsFolder.open(folder)) {
      List<Finding> findings =
          GoldenCheck.run(folder, checkpoint, new Compute(new ScalarKernels(), pool));
      assertThat(findings).isNotEmpty().allMatch(Finding::holds);
    }
  }
}
