package dev.candor.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.EngineException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that mean harm: abuse cases A1 to A11 of the house's list, for GGUF. */
class GgufAbuseTest {

  private static final int UINT32 = 4;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  @TempDir private Path folder;

  private String refusal(String what, byte[] bytes) throws IOException {
    Path path = Files.write(folder.resolve("abuse.gguf"), bytes);
    return Refusal.of(what, () -> Checkpoint.open(path).close());
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0xffff_ffffL, 1L << 31, 1L << 62, Long.MIN_VALUE, -1, 10_001, 20_001, 1_000_000})
  void a1CountsOfKeysAndTensors(long count) throws IOException {
    assertThat(refusal("keys", GgufBytes.header(0, count).bytes())).isEqualTo("weights.too-large");
    String tensors = refusal("tensors", GgufBytes.tensors(count).bytes());
    assertThat(tensors).isIn("weights.too-large", "weights.truncated");
  }

  @ParameterizedTest
  @ValueSource(longs = {100, 0x7fff_ffffL, 0xffff_ffffL, Long.MAX_VALUE, Long.MIN_VALUE, -1})
  void a2LengthsOfTexts(long length) throws IOException {
    assertThat(refusal("key", GgufBytes.header(0, 1).int64(length).bytes()))
        .isIn("weights.too-large", "weights.truncated");
    assertThat(refusal("value", GgufBytes.oneKey("k", STRING).int64(length).bytes()))
        .isIn("weights.too-large", "weights.truncated");
    assertThat(
            refusal(
                "element",
                GgufBytes.oneKey("k", ARRAY).int32(STRING).int64(1).int64(length).bytes()))
        .isIn("weights.too-large", "weights.truncated");
    assertThat(refusal("tensor", GgufBytes.tensors(1).int64(length).bytes()))
        .isIn("weights.too-large", "weights.truncated");
  }

  @Test
  void a3Arrays() throws IOException {
    assertThat(
            refusal("nested", GgufBytes.oneKey("k", ARRAY).int32(ARRAY).int64(1).int32(4).bytes()))
        .isEqualTo("weights.unsupported");
    for (long count : new long[] {1L << 22, (1L << 22) + 1, 1L << 40, Long.MIN_VALUE, -1}) {
      for (int type = 0; type <= 12; type++) {
        if (type != ARRAY) {
          assertThat(
                  refusal(
                      "array of " + count + " of type " + type,
                      GgufBytes.oneKey("k", ARRAY).int32(type).int64(count).bytes()))
              .isIn("weights.too-large", "weights.truncated");
        }
      }
    }
    for (int type : new int[] {13, 255, -1, Integer.MIN_VALUE}) {
      assertThat(refusal("type", GgufBytes.oneKey("k", type).int64(0).int64(0).bytes()))
          .isEqualTo("weights.malformed");
    }
  }

  @Test
  void a3ManyLargeArraysOfASparseFile() throws IOException {
    GgufBytes bytes = GgufBytes.header(0, 3).text("general.architecture").int32(8).text("llama");
    bytes.text("a").int32(ARRAY).int32(STRING).int64(1 << 22);
    Path path = Files.write(folder.resolve("sparse.gguf"), bytes.bytes());
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(1L << 32);
    }
    // Every element is empty; what follows them is a key of length 0.
    assertThat(Refusal.of("sparse", () -> Checkpoint.open(path).close()))
        .isEqualTo("weights.malformed");
  }

  @Test
  void a4Extents() throws IOException {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put("zero", new long[] {0});
    shapes.put("negative", new long[] {-1});
    shapes.put("product", new long[] {1L << 31, 1L << 31, 4});
    shapes.put("product that wraps", new long[] {1 << 30, 1 << 30, 1 << 4, 1});
    shapes.put("largest", new long[] {0x7fff_ffff, 0x7fff_ffff, 0x7fff_ffff, 0x7fff_ffff});
    shapes.put("none", new long[0]);
    shapes.put("five", new long[] {1, 1, 1, 1, 1});
    shapes.put("too many", new long[100]);
    for (Map.Entry<String, long[]> shape : shapes.entrySet()) {
      for (int type : new int[] {0, 12}) {
        assertThat(
                refusal(
                    shape.getKey(),
                    GgufBytes.tensors(1).tensor("t", type, 0, shape.getValue()).withData(64)))
            .isIn("weights.malformed", "weights.truncated");
      }
    }
    assertThat(refusal("blocks", GgufBytes.tensors(1).tensor("t", 2, 0, 33).withData(64)))
        .isEqualTo("weights.malformed");
    assertThat(refusal("rank", GgufBytes.tensors(1).text("t").int32(-1).withData(64)))
        .isEqualTo("weights.malformed");
  }

  @Test
  void a5Offsets() throws IOException {
    for (long offset : new long[] {64, 1L << 40, Long.MAX_VALUE & -32, Long.MIN_VALUE, -32, 16}) {
      assertThat(
              refusal(
                  "offset " + offset, GgufBytes.tensors(1).tensor("t", 0, offset, 8).withData(32)))
          .isIn("weights.malformed", "weights.truncated");
    }
    assertThat(
            refusal(
                "overlap",
                GgufBytes.tensors(2).tensor("t", 0, 0, 16).tensor("u", 0, 32, 8).withData(64)))
        .isEqualTo("weights.malformed");
    assertThat(
            refusal(
                "same place",
                GgufBytes.tensors(2).tensor("t", 0, 0, 8).tensor("u", 0, 0, 8).withData(32)))
        .isEqualTo("weights.malformed");
    assertThat(
            refusal(
                "hole",
                GgufBytes.tensors(2).tensor("t", 0, 0, 8).tensor("u", 0, 96, 8).withData(128)))
        .isEqualTo("weights.malformed");
    assertThat(refusal("short", GgufBytes.tensors(1).tensor("t", 0, 0, 8).withData(31)))
        .isEqualTo("weights.truncated");
    assertThat(refusal("tail", GgufBytes.tensors(1).tensor("t", 0, 0, 8).withData(64)))
        .isEqualTo("weights.malformed");
  }

  @Test
  void a6Alignments() throws IOException {
    for (int alignment : new int[] {0, 1, 2, 3, 24, 33, 1 << 17, 1 << 31, -1}) {
      assertThat(
              refusal(
                  "alignment " + alignment,
                  GgufBytes.oneKey("general.alignment", UINT32).int32(alignment).withData(64)))
          .isEqualTo("weights.malformed");
    }
    assertThat(
            refusal("text", GgufBytes.oneKey("general.alignment", STRING).text("32").withData(64)))
        .isEqualTo("weights.malformed");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 4097, 0x8000_0000L, 0xffff_ffffL})
  void a7NumbersOfLayersAndHeads(long number) throws IOException {
    byte[] layers =
        GgufBytes.header(0, 2)
            .text("general.architecture")
            .int32(STRING)
            .text("gemma3")
            .text("gemma3.block_count")
            .int32(UINT32)
            .int32((int) number)
            .bytes();
    assertThat(refusal("layers", layers)).isEqualTo("config.out-of-range");
  }

  @Test
  void a7DivisorsOfZeroAreLeftToTheModelToRefuse() throws IOException {
    GgufBytes bytes = GgufBytes.header(0, 4).text("general.architecture").int32(8).text("phi3");
    for (String key : new String[] {"attention.head_count", "embedding_length", "block_count"}) {
      bytes.text("phi3." + key).int32(UINT32).int32(0);
    }
    Path path = Files.write(folder.resolve("zero.gguf"), bytes.bytes());
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.config().members())
          .containsEntry("num_attention_heads", 0L)
          .doesNotContainKey("partial_rotary_factor");
    }
  }

  @Test
  void a8Duplicates() throws IOException {
    for (String key : new String[] {"k", "K"}) {
      assertThat(
              refusal(
                  "key",
                  GgufBytes.header(0, 2)
                      .text("k")
                      .int32(UINT32)
                      .int32(1)
                      .text(key)
                      .int32(UINT32)
                      .int32(1)
                      .bytes()))
          .isEqualTo("weights.malformed");
      assertThat(
              refusal(
                  "tensor",
                  GgufBytes.tensors(2).tensor("k", 0, 0, 8).tensor(key, 0, 32, 8).withData(64)))
          .isEqualTo("weights.malformed");
    }
    // Two names of the file for one of Hugging Face.
    assertThat(
            refusal(
                "translated",
                GgufBytes.tensors(2)
                    .tensor("output_norm.weight", 0, 0, 8)
                    .tensor("model.norm.weight", 0, 32, 8)
                    .withData(64)))
        .isEqualTo("weights.malformed");
  }

  @Test
  void a9Vocabularies() throws IOException {
    byte[] invalid = {(byte) 0xc3, (byte) 0x28};
    assertThat(refusal("value", GgufBytes.oneKey("k", STRING).int64(2).raw(invalid).bytes()))
        .isEqualTo("weights.malformed");
    assertThat(refusal("key", GgufBytes.header(0, 1).int64(2).raw(invalid).bytes()))
        .isEqualTo("weights.malformed");
    assertThat(refusal("control", GgufBytes.oneKey("k\u001b[2J", UINT32).int32(1).bytes()))
        .isEqualTo("weights.malformed");
    for (long id : new long[] {2, 0x7fff_ffffL, 0xffff_ffffL}) {
      byte[] bytes =
          GgufBytes.header(0, 3)
              .text("general.architecture")
              .int32(STRING)
              .text("llama")
              .text("tokenizer.ggml.tokens")
              .int32(ARRAY)
              .int32(STRING)
              .int64(2)
              .text("a")
              .text("b")
              .text("tokenizer.ggml.eos_token_id")
              .int32(UINT32)
              .int32((int) id)
              .bytes();
      assertThat(refusal("eos " + id, bytes)).isEqualTo("config.out-of-range");
    }
    byte[] scores =
        GgufBytes.header(0, 3)
            .text("general.architecture")
            .int32(STRING)
            .text("llama")
            .text("tokenizer.ggml.tokens")
            .int32(ARRAY)
            .int32(STRING)
            .int64(1)
            .text("a")
            .text("tokenizer.ggml.scores")
            .int32(ARRAY)
            .int32(6)
            .int64(2)
            .int64(0)
            .bytes();
    assertThat(refusal("scores", scores)).isEqualTo("weights.malformed");
    byte[] element =
        GgufBytes.oneKey("tokenizer.ggml.tokens", ARRAY)
            .int32(STRING)
            .int64(1)
            .int64(2)
            .raw(invalid)
            .bytes();
    Path path = Files.write(folder.resolve("utf8.gguf"), element);
    try (GgufFile file = GgufFile.open(path)) {
      assertThat(Refusal.of("element", () -> file.values().strings("tokenizer.ggml.tokens")))
          .isEqualTo("weights.malformed");
    }
  }

  @Test
  void a10TruncatedAtEveryByte() throws IOException {
    byte[] whole = TestFiles.bytes("gguf/phi3.gguf");
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThat(refusal("length " + length, part))
          .isIn("weights.truncated", "weights.unrecognised");
    }
  }

  @Test
  void a10AnyBitFlippedIsReadOrRefused() throws IOException {
    byte[] bytes = TestFiles.bytes("gguf/phi3.gguf");
    Path path = folder.resolve("flipped.gguf");
    int refused = 0;
    for (int bit = 0; bit < 8 * 450; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(path, bytes);
      try (Checkpoint checkpoint = Checkpoint.open(path)) {
        checkpoint.tensors().forEach(Tensor::elements);
      } catch (EngineException e) {
        refused++;
      }
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    assertThat(refused).isGreaterThan(500);
  }

  @Test
  void a11ChangesBetweenCheckAndMapping() throws IOException {
    byte[] whole = TestFiles.bytes("gguf/phi3.gguf");
    Path path = Files.write(folder.resolve("raced.gguf"), whole);
    try (WeightsFile file = WeightsFile.open(path);
        Arena arena = Arena.ofConfined()) {
      GgufHeader.read(file);
      Files.write(path, Arrays.copyOf(whole, 100));
      assertThat(Refusal.of("shrunk", () -> file.map(0, whole.length, arena)))
          .isEqualTo("weights.changed");
      assertThat(Refusal.of("shrunk", () -> GgufHeader.read(file))).isEqualTo("weights.changed");
    }
    Files.write(path, whole);
    try (WeightsFile file = WeightsFile.open(path);
        Arena arena = Arena.ofConfined()) {
      Files.move(
          Files.write(folder.resolve("other"), new byte[whole.length]),
          path,
          StandardCopyOption.REPLACE_EXISTING);
      // The name now means another file; what was opened is still the first.
      assertThat(file.map(0, whole.length, arena).get(ValueLayout.JAVA_BYTE, 0))
          .isEqualTo((byte) 'G');
    }
  }

  @Test
  void namesTheTypeThatIsUnsupported() throws IOException {
    Path path =
        Files.write(
            folder.resolve("iq.gguf"), GgufBytes.tensors(1).tensor("t", 16, 0, 256).withData(256));
    assertThatThrownBy(() -> Checkpoint.open(path))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("IQ2_XXS");
  }
}
