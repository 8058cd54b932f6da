package dev.candor.engine.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Conversion;
import dev.candor.engine.weights.ConversionListener;
import dev.candor.engine.weights.Packing;
import dev.candor.engine.weights.WeightSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Matrices that models take apart: packed where no part begins within a strip, else in rows. */
class PackedPartsTest {

  private static final long SEED = 4;

  /** Odd numbers of rows, whole blocks in a row, so that everything is quantised. */
  private static final String PHI3 =
      """
      {"model_type": "phi3", "vocab_size": 101, "hidden_size": 64, "intermediate_size": %d,
       "num_hidden_layers": 2, "num_attention_heads": 8, "num_key_value_heads": %d,
       "max_position_embeddings": 64, "sliding_window": 9, "rms_norm_eps": 1e-5, "hidden_act": "silu"}
      """;

  private static final String SAMBAY =
      """
      {"model_type": "phi4flash", "vocab_size": 101, "hidden_size": 64, "intermediate_size": %d,
       "num_hidden_layers": 8, "num_attention_heads": 16, "num_key_value_heads": %d,
       "sliding_window": 9, "mb_per_layer": 2, "layer_norm_eps": 1e-5, "hidden_act": "silu",
       "max_position_embeddings": 4096, "tie_word_embeddings": false, "mamba_d_state": 5,
       "mamba_d_conv": 3}
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(
      value = BlockFormat.class,
      names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
  void givesTheSameBits(BlockFormat format) {
    for (int intermediate : new int[] {32, 40, 41}) {
      compare(phi3(intermediate, 1), format);
      compare(phi3(intermediate, 2), format);
      compare(sambay(intermediate, 2), format);
      compare(sambay(intermediate, 4), format);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"phi3", "phi4flash"})
  void packsPartsOfWholeStripsOnly(String architecture) {
    boolean phi3 = architecture.equals("phi3");
    String gateUp = "model.layers.1.mlp." + (phi3 ? "gate_up_proj" : "fc1") + ".weight";
    String qkv = "model.layers.1." + (phi3 ? "self_attn.qkv_proj" : "attn.Wqkv") + ".weight";
    // Heads of 8 or 4 elements: of 2 or 4 heads a key has 16 rows.
    Checkpoint whole = phi3 ? phi3(32, 2) : sambay(32, 4);
    Checkpoint odd = phi3 ? phi3(40, 1) : sambay(40, 2);
    try (Checkpoint packed = Checkpoint.open(packed(converted(whole, BlockFormat.Q8_0)))) {
      assertThat(packed.tensor(gateUp).orElseThrow().layout()).isEqualTo(Layout.STRIPS);
      assertThat(packed.tensor(qkv).orElseThrow().layout()).isEqualTo(Layout.STRIPS);
    }
    try (Checkpoint packed = Checkpoint.open(packed(converted(odd, BlockFormat.Q8_0)))) {
      assertThat(packed.tensor(gateUp).orElseThrow().layout()).isEqualTo(Layout.ROWS);
      assertThat(packed.tensor(qkv).orElseThrow().layout()).isEqualTo(Layout.ROWS);
      assertThat(packed.require("lm_head.weight", 101, 64).layout()).isEqualTo(Layout.STRIPS);
    }
  }

  private static Checkpoint phi3(int intermediate, int keyValueHeads) {
    return RandomCheckpoint.decoder("phi3", PHI3.formatted(intermediate, keyValueHeads), SEED);
  }

  private static Checkpoint sambay(int intermediate, int keyValueHeads) {
    return RandomSambaY.of(SAMBAY.formatted(intermediate, keyValueHeads), SEED);
  }

  private void compare(Checkpoint checkpoint, BlockFormat format) {
    Path file = converted(checkpoint, format);
    float[] expected = logits(file);
    assertThat(logits(packed(file))).isEqualTo(expected);
    assertThat(expected).doesNotContain(Float.NaN);
  }

  private Path converted(Checkpoint checkpoint, BlockFormat format) {
    Path file = folder.resolve(System.nanoTime() + ".gguf");
    try (WorkerPool pool = new PersistentWorkerPool(1)) {
      Conversion.convert(new Source(checkpoint), file, format, pool, ConversionListener.SILENT);
    }
    return file;
  }

  private Path packed(Path file) {
    Path packed = folder.resolve("packed-" + file.getFileName());
    try (WorkerPool pool = new PersistentWorkerPool(2)) {
      Packing.pack(file, packed, new ScalarKernels(), pool, Packing.Listener.SILENT);
    }
    return packed;
  }

  private static float[] logits(Path file) {
    int[] tokens = {3, 99, 0, 100, 7, 7, 12, 55, 1, 2, 31, 64};
    try (Checkpoint checkpoint = Checkpoint.open(file);
        WorkerPool pool = new PersistentWorkerPool(2)) {
      CausalModel model =
          Architectures.load(checkpoint, new Compute(KernelSelector.choose().kernels(), pool));
      float[] logits = new float[tokens.length * model.vocabularySize()];
      try (SequenceState state = model.newState(tokens.length, BlockFormat.F32)) {
        model.forward(state, tokens, 0, tokens.length, LogitsRequest.ALL, logits, Trace.NONE);
      }
      return logits;
    }
  }

  /** A checkpoint in memory as something to convert. */
  private record Source(Checkpoint checkpoint) implements WeightSource {

    @Override
    public String name() {
      return "random";
    }

    @Override
    public JsonObject config() {
      return checkpoint.config();
    }

    @Override
    public JsonObject generationConfig() {
      return checkpoint.generationConfig();
    }

    @Override
    public Optional<TokenizerFiles> tokenizerFiles() {
      return Optional.empty();
    }

    @Override
    public List<SourceTensor> tensors() {
      return checkpoint.tensors().stream()
          .<SourceTensor>map(tensor -> new Values(tensor.name(), tensor.shape(), tensor.floats()))
          .toList();
    }
  }

  private record Values(String name, List<Integer> shape, float[] values)
      implements WeightSource.SourceTensor {

    @Override
    public void readRow(long row, float[] out) {
      int columns = shape.getLast();
      int from = Math.toIntExact(row * columns);
      System.arraycopy(values, from, out, 0, columns);
    }
  }
}
