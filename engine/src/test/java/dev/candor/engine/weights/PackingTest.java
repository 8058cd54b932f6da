package dev.candor.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.StripFormat;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.GgufWriter.Declaration;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed files: the same numbers, the same metadata, the same bytes every time. */
class PackingTest {

  private static final long SEED = 20_261_125;

  @TempDir private Path folder;

  /** A llama's metadata, with an alignment of its own and one that the engine does not know. */
  private static GgufMetadata metadata(String architecture) {
    return new GgufMetadata()
        .text("general.architecture", architecture)
        .alignment(128)
        .texts("of.another.program", List.of("a", "", "ü"));
  }

  private Path file(String name, GgufMetadata metadata, List<Declaration> tensors) {
    Path file = folder.resolve(name);
    try (GgufWriter writer = GgufWriter.create(file, metadata, tensors)) {
      for (Declaration tensor : tensors) {
        writer.write(MemorySegment.ofArray(blocks(tensor)));
      }
      writer.finish();
    }
    return file;
  }

  /** Random blocks whose scales are numbers: no byte has the exponent of an infinity. */
  private static byte[] blocks(Declaration tensor) {
    byte[] bytes = new byte[Math.toIntExact(tensor.byteSize())];
    new Random(SEED + tensor.name().hashCode()).nextBytes(bytes);
    for (int i = 0; i < bytes.length; i++) {
      if ((bytes[i] & 0x7c) == 0x7c) {
        bytes[i] ^= 0x40;
      }
    }
    return bytes;
  }

  private static Declaration matrix(String name, BlockFormat format, int... shape) {
    return new Declaration(name, format, Arrays.stream(shape).boxed().toList());
  }

  private Path packed(Path file, int threads) {
    Path out = folder.resolve(file.getFileName() + "." + threads + ".packed");
    try (WorkerPool pool = new PersistentWorkerPool(threads)) {
      Packing.pack(file, out, new ScalarKernels(), pool, Packing.Listener.SILENT);
    }
    return out;
  }

  private static float[] values(Matrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    for (int row = 0; row < matrix.rows(); row++) {
      new ScalarKernels().dequantize(matrix, row, values, row * matrix.columns());
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource(
      value = BlockFormat.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32", "F16", "BF16"})
  void holdsTheSameNumbers(BlockFormat format) throws IOException {
    List<Declaration> tensors = new ArrayList<>();
    for (int rows : new int[] {16, 17, 31, 48, 200}) {
      tensors.add(matrix("blk." + rows + ".attn_q.weight", format, rows, 512));
    }
    tensors.add(matrix("few", format, 15, 256));
    tensors.add(matrix("cube", format, 16, 16, 256));
    tensors.add(matrix("vector", BlockFormat.F32, 7));
    tensors.add(matrix("plain", BlockFormat.F16, 33, 5));
    Path file = file("source.gguf", metadata("llama"), tensors);
    try (GgufFile source = GgufFile.open(file);
        GgufFile target = GgufFile.open(packed(file, 1))) {
      FiniteWeights.requireAll(target, checked -> {});
      assertThat(target.stored().keySet()).containsExactlyElementsOf(source.stored().keySet());
      for (Tensor tensor : source.tensors()) {
        Tensor found = target.tensor(tensor.name()).orElseThrow();
        assertThat(found.shape()).isEqualTo(tensor.shape());
        assertThat(found.format()).isEqualTo(tensor.format());
        boolean strips = tensor.name().startsWith("model.layers");
        assertThat(found.layout()).isEqualTo(strips ? Layout.STRIPS : Layout.ROWS);
        if (strips) {
          assertThat(values(found.matrix())).isEqualTo(values(tensor.matrix()));
          assertThat(found.data().byteSize())
              .isEqualTo(
                  Math.ceilDiv(tensor.shape().getFirst(), StripFormat.ROWS)
                      * StripFormat.of(format).stripBytes(512));
        } else {
          assertThat(found.data().mismatch(tensor.data())).isEqualTo(-1);
        }
        assertThat(found.data().address() % 64).as("aligned").isZero();
      }
      assertThat(Packing.packableBytes(target)).isZero();
      assertThat(Packing.packableBytes(source))
          .isEqualTo((16 + 17 + 31 + 48 + 200) * format.bytes(512));
    }
  }

  @Test
  void keepsTheMetadataByteForByteAndSaysWhatItIs() throws Exception {
    GgufMetadata metadata = metadata("llama").text("long", "x".repeat(10_000)).bool("last", true);
    Path file = file("source.gguf", metadata, List.of(matrix("m", BlockFormat.Q8_0, 32, 64)));
    Path target = packed(file, 1);
    String digest =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    GgufMetadata expected =
        new GgufMetadata()
            .text("general.architecture", "llama")
            .texts("of.another.program", List.of("a", "", "ü"))
            .text("long", "x".repeat(10_000))
            .bool("last", true)
            .alignment(64)
            .whole("candor.packed.version", 1)
            .text("candor.packed.source_digest", digest);
    byte[] keys = expected.encoded();
    assertThat(Files.readAllBytes(target))
        .startsWith(
            new GgufBytes()
                .int32(0x46554747)
                .int32(3)
                .int64(1)
                .int64(expected.count())
                .raw(keys)
                .text("m")
                .int32(2)
                .int64(64)
                .int64(32)
                .int32(0x4353_0008)
                .int64(0)
                .bytes());
    try (GgufFile packed = GgufFile.open(target)) {
      assertThat(packed.sourceDigest()).contains(digest);
      assertThat(packed.architecture()).isEqualTo("llama");
    }
    try (GgufFile source = GgufFile.open(file)) {
      assertThat(source.sourceDigest()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void givesTheSameBytesForAnyNumberOfThreads(int threads) throws IOException {
    Path file =
        file(
            "source.gguf",
            metadata("llama"),
            List.of(
                matrix("a", BlockFormat.Q4_0, 1000, 4096),
                matrix("b", BlockFormat.Q6_K, 100, 256)));
    assertThat(Files.mismatch(packed(file, threads), packed(file, threads + 1))).isEqualTo(-1);
  }

  /** Query has 32 rows, gate and up have 48 each; then the boundaries are where strips end. */
  @ParameterizedTest
  @ValueSource(strings = {"phi3", "phi4flash"})
  void leavesATensorInRowsIfItsPartsAreNotStrips(String architecture) throws IOException {
    GgufMetadata metadata =
        metadata(architecture)
            .whole(architecture + ".embedding_length", 32)
            .whole(architecture + ".attention.head_count", 2)
            .whole(architecture + ".block_count", 4);
    List<Declaration> tensors = new ArrayList<>();
    int[] wholeStrips = {32 + 32, 96};
    int[] keysWithinAStrip = {32 + 16, 80};
    int[] oddRows = {32 + 34, 90};
    int[][] rows = {wholeStrips, keysWithinAStrip, oddRows};
    for (int i = 0; i < rows.length; i++) {
      tensors.add(matrix("blk." + i + ".attn_qkv.weight", BlockFormat.Q8_0, rows[i][0], 32));
      tensors.add(matrix("blk." + i + ".ffn_up.weight", BlockFormat.Q8_0, rows[i][1], 32));
    }
    tensors.add(matrix("blk.0.ffn_down.weight", BlockFormat.Q8_0, 33, 64));
    try (GgufFile file = GgufFile.open(packed(file("source.gguf", metadata, tensors), 1))) {
      file.stored()
          .forEach((name, tensor) -> {
            boolean strips = name.startsWith("blk.0.");
            assertThat(tensor.layout()).as(name).isEqualTo(strips ? Layout.STRIPS : Layout.ROWS);
          });
    }
  }

  @Test
  void refusesWhatNeedsNoPacking() throws IOException {
    List<Declaration> tensors = List.of(matrix("m", BlockFormat.Q8_0, 16, 32));
    Path once = packed(file("source.gguf", metadata("llama"), tensors), 1);
    assertThat(TestFiles.code(() -> packed(once, 1))).isEqualTo("weights.packed");
    Path other = file("other.gguf", metadata("unheard-of"), tensors);
    assertThat(TestFiles.code(() -> packed(other, 1))).isEqualTo("weights.nothing-to-pack");
    Path plain =
        file("plain.gguf", metadata("llama"), List.of(matrix("m", BlockFormat.F32, 16, 32)));
    assertThat(TestFiles.code(() -> packed(plain, 1))).isEqualTo("weights.nothing-to-pack");
    assertThat(partials()).isEmpty();
  }

  @Test
  void neverReplacesAFileAndLeavesNothingWhenItFails() throws IOException {
    Path file =
        file("a.gguf", metadata("llama"), List.of(matrix("m", BlockFormat.Q4_0, 4096, 4096)));
    Path out = Files.writeString(folder.resolve("out.gguf"), "precious");
    try (WorkerPool pool = new PersistentWorkerPool(2)) {
      assertThat(
              TestFiles.code(() ->
                  Packing.pack(file, out, new ScalarKernels(), pool, Packing.Listener.SILENT)))
          .isEqualTo("weights.exists");
      assertThat(out).hasContent("precious");
      Files.delete(out);
      long digested = Files.size(file);
      assertThatThrownBy(() ->
              Packing.pack(
                  file,
                  out,
                  new ScalarKernels(),
                  pool,
                  (done, total) -> {
                    if (done > digested) {
                      throw new IllegalStateException("interrupted");
                    }
                  }))
          .hasMessage("interrupted");
    }
    assertThat(out).doesNotExist();
    assertThat(partials()).isEmpty();
  }

  @Test
  void reportsProgressToTheLastByte() throws IOException {
    Path file =
        file("a.gguf", metadata("llama"), List.of(matrix("m", BlockFormat.Q5_1, 3000, 4096)));
    List<Long> seen = new ArrayList<>();
    long[] last = new long[1];
    try (WorkerPool pool = new PersistentWorkerPool(1)) {
      Packing.pack(
          file,
          folder.resolve("out.gguf"),
          new ScalarKernels(),
          pool,
          (done, total) -> {
            seen.add(done);
            last[0] = total;
          });
    }
    assertThat(seen).isSorted().endsWith(last[0]).hasSizeGreaterThan(3);
  }

  private List<Path> partials() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".partial")).toList();
    }
  }
}
