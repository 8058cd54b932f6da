package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.FiniteWeights;
import dev.candor.engine.weights.Packing;
import dev.candor.engine.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A packed file answers as the file it was made from, to the bit. */
class PackedModelTest {

  private static final List<BlockFormat> QUANTISED =
      List.of(
          BlockFormat.Q4_0,
          BlockFormat.Q4_1,
          BlockFormat.Q5_0,
          BlockFormat.Q5_1,
          BlockFormat.Q8_0,
          BlockFormat.Q4_K,
          BlockFormat.Q6_K);

  private static final Set<String> NO_WHOLE_BLOCKS = Set.of("llama-smol", "sambay-odd");

  @TempDir private Path folder;

  static Stream<Arguments> models() {
    return ConversionTest.models().stream()
        .flatMap(model -> QUANTISED.stream().map(format -> Arguments.of(model, format)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void givesTheSameLogits(String model, BlockFormat format) throws IOException {
    Path file = converted(model, format);
    boolean packable;
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      packable = Packing.packableBytes(checkpoint) > 0;
    }
    // Where no row fills a block, the conversion stores all as F16.
    assertThat(packable).isEqualTo(!NO_WHOLE_BLOCKS.contains(model));
    if (!packable) {
      return;
    }
    Path packed = packed(file);
    for (Kernels kernels : List.of(new ScalarKernels(), KernelSelector.choose().kernels())) {
      assertThat(ConvertedModelTest.logits(packed, model, kernels))
          .as(kernels.name())
          .isEqualTo(ConvertedModelTest.logits(file, model, kernels));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sambay-tiny", "phi3-longrope", "gemma3-tiny", "mobilebert-tiny"})
  void packsEveryMatrixOfSixteenRows(String model) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(packed(converted(model, BlockFormat.Q8_0)))) {
      FiniteWeights.requireAll(checkpoint, checked -> {});
      for (Tensor tensor : checkpoint.tensors()) {
        boolean strips = tensor.format() == BlockFormat.Q8_0 && tensor.shape().getFirst() >= 16;
        assertThat(tensor.layout())
            .as(tensor.name() + " " + tensor.shape())
            .isEqualTo(strips ? Layout.STRIPS : Layout.ROWS);
      }
    }
  }

  @Test
  void isCalledAsTheOriginal() throws Exception {
    Path file = converted("gemma3-tiny", BlockFormat.Q8_0);
    String digest =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    LoadOptions options = LoadOptions.defaults().withThreads(1);
    try (LanguageModel original = LanguageModel.open(file, options);
        LanguageModel packed = LanguageModel.open(packed(file), options)) {
      assertThat(original.digest()).isEqualTo(digest);
      assertThat(packed.digest()).isEqualTo(digest);
      assertThat(original.packableBytes()).isPositive();
      assertThat(packed.packableBytes()).isZero();
    }
  }

  @Tag("real-data")
  @ParameterizedTest
  @ValueSource(strings = {"SmolLM2-135M-Instruct.Q4_1.gguf", "gemma-3-270m-q4_k_m.gguf"})
  void packsReleasedModelsToAboutTheirSize(String model) throws IOException {
    Path file = TestData.model(model);
    Path packed = packed(file);
    assertThat((double) Files.size(packed) / Files.size(file)).isBetween(0.99, 1.01);
    try (Checkpoint checkpoint = Checkpoint.open(packed)) {
      FiniteWeights.requireAll(checkpoint, checked -> {});
      assertThat(Packing.packableBytes(checkpoint)).isZero();
    }
  }

  private Path converted(String model, BlockFormat format) {
    Path out = folder.resolve(model + "-" + format + ".gguf");
    ConversionTest.convert(TestData.fixture(model), out, format);
    return out;
  }

  private Path packed(Path file) {
    Path out = folder.resolve("packed-" + file.getFileName());
    try (WorkerPool pool = new PersistentWorkerPool(2)) {
      Packing.pack(file, out, KernelSelector.choose().kernels(), pool, Packing.Listener.SILENT);
    }
    return out;
  }
}
