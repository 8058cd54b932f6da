package dev.candor.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.models.Architectures;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.Compute;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.Trace;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Conversion;
import dev.candor.engine.weights.ConversionListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomCheckpointTest {

  private static final RandomModel.Size SMALL = new RandomModel.Size(400, 128, 256, 12, 4, 2, 4096);

  @TempDir Path folder;

  /** The released checkpoint has 434 tensors of 3 852 562 944 elements, 7 706 608 640 bytes. */
  @Test
  void hasTheShapesOfTheReleasedModel() {
    RandomModel model = RandomModel.sambay(1);
    assertThat(model.tensors()).hasSize(434);
    assertThat(elements(model)).isEqualTo(3_852_562_944L);
    assertThat(SafetensorsFolderWriter.totalBytes(model)).isEqualTo(7_706_608_640L);
    assertThat(elements(RandomModel.llama1b(1))).isEqualTo(1_235_814_400L);
    assertThat(elements(RandomModel.phi4Mini(1))).isEqualTo(3_836_021_760L);
  }

  /** The folder and the file that is written directly are one model. */
  @Test
  void convertsTheFolderToTheSameWeights() throws IOException {
    RandomModel model = RandomModel.sambay("small", SMALL, 8, 7);
    RandomCheckpoint.write(model, "safetensors", folder.resolve("small"), console());
    Path fromFolder = folder.resolve("from-folder.gguf");
    try (WorkerPool pool = new PersistentWorkerPool(2)) {
      Conversion.convert(
          folder.resolve("small"), fromFolder, BlockFormat.BF16, pool, ConversionListener.SILENT);
    }
    Path direct = folder.resolve("direct.gguf");
    RandomCheckpoint.write(model, "BF16", direct, console());
    try (Checkpoint a = Checkpoint.open(fromFolder);
        Checkpoint b = Checkpoint.open(direct)) {
      assertThat(a.tensors()).hasSameSizeAs(b.tensors());
      long matrices = 0;
      for (var tensor : a.tensors()) {
        if (tensor.format() == BlockFormat.BF16) {
          matrices++;
          assertThat(tensor.data().mismatch(b.tensor(tensor.name()).orElseThrow().data()))
              .as(tensor.name())
              .isEqualTo(-1);
        }
      }
      assertThat(matrices).isGreaterThan(40);
    }
  }

  @Test
  void followsFromTheSeedAlone() throws IOException {
    for (String name : List.of("a", "b")) {
      RandomModel model = RandomModel.sambay("small", SMALL, 8, 7);
      RandomCheckpoint.write(model, "Q4_0", folder.resolve(name), console());
    }
    RandomModel other = RandomModel.sambay("small", SMALL, 8, 8);
    RandomCheckpoint.write(other, "Q4_0", folder.resolve("c"), console());
    assertThat(Files.mismatch(folder.resolve("a"), folder.resolve("b"))).isEqualTo(-1);
    assertThat(Files.mismatch(folder.resolve("a"), folder.resolve("c"))).isNotEqualTo(-1);
  }

  /** Neither overflow nor silence, however deep the recurrence. */
  @Test
  void keepsLogitsNearOne() throws IOException {
    RandomModel model = RandomModel.sambay("small", SMALL, 8, 3);
    Path file = folder.resolve("small.gguf");
    RandomCheckpoint.write(model, "Q8_0", file, console());
    try (Checkpoint checkpoint = Checkpoint.open(file);
        WorkerPool pool = new PersistentWorkerPool(1)) {
      CausalModel loaded = Architectures.load(checkpoint, new Compute(new ScalarKernels(), pool));
      int[] tokens = new int[64];
      for (int t = 0; t < tokens.length; t++) {
        tokens[t] = t * 37 % 256;
      }
      float[] logits = new float[tokens.length * loaded.vocabularySize()];
      try (SequenceState state = loaded.newState(tokens.length, BlockFormat.F32)) {
        loaded.forward(state, tokens, 0, tokens.length, LogitsRequest.ALL, logits, Trace.NONE);
      }
      double squares = 0;
      for (float logit : logits) {
        squares += (double) logit * logit;
      }
      assertThat(Math.sqrt(squares / logits.length)).isBetween(0.5, 2.0);
    }
  }

  @Test
  void explainsWrongArguments() {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    PrintStream console = new PrintStream(shown, true, StandardCharsets.UTF_8);
    String out = folder.resolve("out").toString();
    assertThat(RandomCheckpoint.run(new String[] {"sambay-3.8b"}, console)).isEqualTo(2);
    assertThat(RandomCheckpoint.run(new String[] {"none", "Q4_0", out}, console)).isEqualTo(2);
    assertThat(RandomCheckpoint.run(new String[] {"llama-1b", "Q9", out}, console)).isEqualTo(2);
    assertThat(RandomCheckpoint.run(new String[] {"llama-1b", "Q2_K", out}, console)).isEqualTo(1);
    assertThat(shown.toString(StandardCharsets.UTF_8)).contains("usage:", "unknown shape none");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private static long elements(RandomModel model) {
    return model.tensors().stream()
        .mapToLong(tensor ->
            tensor.shape().stream().mapToLong(extent -> extent).reduce(1, Math::multiplyExact))
        .sum();
  }

  private static PrintStream console() {
    return new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8);
  }
}
