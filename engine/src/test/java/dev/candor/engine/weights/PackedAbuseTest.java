package dev.candor.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.EngineException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.StripFormat;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.GgufWriter.Declaration;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that mean harm and say that they are packed. */
class PackedAbuseTest {

  private static final int STRIPS = 0x4353_0000;
  private static final int Q8_0 = STRIPS + 8;
  private static final int UINT32 = 4;
  private static final int STRING = 8;
  private static final int STRIP_BYTES = 544;
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  @TempDir private Path folder;

  private String refusal(String what, byte[] bytes) throws IOException {
    Path path = Files.write(folder.resolve("abuse.gguf"), bytes);
    return Refusal.of(what, () -> Checkpoint.open(path).close());
  }

  /** Everything of a packed file up to its tensors. */
  private static GgufBytes header(long tensors, int alignment, int version, String digest) {
    return GgufBytes.header(tensors, 4)
        .text("general.architecture")
        .int32(STRING)
        .text("llama")
        .text("general.alignment")
        .int32(UINT32)
        .int32(alignment)
        .text("candor.packed.version")
        .int32(UINT32)
        .int32(version)
        .text("candor.packed.source_digest")
        .int32(STRING)
        .text(digest);
  }

  private static byte[] with(GgufBytes header, int dataBytes) {
    byte[] bytes = header.bytes();
    return Arrays.copyOf(bytes, Math.ceilDiv(bytes.length, 64) * 64 + dataBytes);
  }

  private static GgufBytes packed(long tensors) {
    return header(tensors, 64, 1, DIGEST);
  }

  @Test
  void acceptsOneStripThatIsNotFull() throws IOException {
    byte[] bytes = with(packed(1).tensor("t", Q8_0, 0, 32, 1), STRIP_BYTES);
    try (Checkpoint checkpoint = Checkpoint.open(Files.write(folder.resolve("a.gguf"), bytes))) {
      assertThat(checkpoint.sourceDigest()).contains(DIGEST);
      assertThat(checkpoint.require("t", 1, 32).matrix().rows()).isEqualTo(1);
    }
  }

  @Test
  void keysThatDoNotFit() throws IOException {
    for (String digest :
        new String[] {"", "0", DIGEST.toUpperCase(), DIGEST + "0", "g" + DIGEST.substring(1)}) {
      assertThat(refusal("digest", with(header(0, 64, 1, digest), 0)))
          .isEqualTo("weights.malformed");
    }
    assertThat(refusal("version 0", with(header(0, 64, 0, DIGEST), 0)))
        .isEqualTo("weights.malformed");
    for (int version : new int[] {2, 1 << 30, -1}) {
      assertThat(refusal("version", with(header(0, 64, version, DIGEST), 0)))
          .isEqualTo("weights.unsupported");
    }
    for (int alignment : new int[] {8, 16, 32}) {
      assertThat(refusal("alignment", with(header(0, alignment, 1, DIGEST), 0)))
          .isEqualTo("weights.malformed");
    }
    GgufBytes onlyVersion = GgufBytes.oneKey("candor.packed.version", UINT32).int32(1);
    assertThat(refusal("no digest", onlyVersion.withData(0))).isEqualTo("weights.malformed");
    GgufBytes onlyDigest = GgufBytes.oneKey("candor.packed.source_digest", STRING).text(DIGEST);
    assertThat(refusal("no version", onlyDigest.withData(0))).isEqualTo("weights.malformed");
    GgufBytes array =
        GgufBytes.header(0, 2)
            .text("candor.packed.version")
            .int32(9)
            .int32(UINT32)
            .int64(1)
            .int32(1)
            .text("candor.packed.source_digest")
            .int32(STRING)
            .text(DIGEST);
    assertThat(refusal("array", array.withData(0))).isEqualTo("weights.malformed");
  }

  @Test
  void stripsInAFileThatIsNotPacked() throws IOException {
    byte[] bytes = GgufBytes.tensors(1).tensor("t", Q8_0, 0, 32, 16).withData(STRIP_BYTES);
    assertThat(refusal("not packed", bytes)).isEqualTo("weights.malformed");
  }

  @Test
  void typesThatThereAreNotInStrips() throws IOException {
    // Plain floats, ggml types that are not read, numbers nobody has given.
    for (int type : new int[] {0, 1, 30, 4, 9, 15, 16, 24, 40, 0xffff}) {
      assertThat(
              refusal(
                  "type " + type, with(packed(1).tensor("t", STRIPS + type, 0, 256, 16), 1 << 16)))
          .isEqualTo("weights.malformed");
    }
    for (int type : new int[] {0x4352_0008, 0x4354_0008, 0x5343_0008, 0xc353_0008}) {
      assertThat(refusal("type " + type, with(packed(1).tensor("t", type, 0, 256, 16), 1 << 16)))
          .isEqualTo("weights.malformed");
    }
  }

  @Test
  void extents() throws IOException {
    long[][] shapes = {
      {32}, {512}, {32, 16, 1}, {32, 4, 4}, {33, 16}, {0, 16}, {32, 0}, {-32, 16}, {},
    };
    for (long[] shape : shapes) {
      assertThat(
              refusal(
                  Arrays.toString(shape), with(packed(1).tensor("t", Q8_0, 0, shape), STRIP_BYTES)))
          .isEqualTo("weights.malformed");
    }
    long most = Integer.MAX_VALUE;
    for (int type : new int[] {2, 3, 6, 7, 8, 20, 39}) {
      for (long[] shape : new long[][] {{most - 31, most}, {32, most}, {most - 31, 1}}) {
        assertThat(
                refusal(
                    Arrays.toString(shape),
                    with(packed(1).tensor("t", STRIPS + type, 0, shape), STRIP_BYTES)))
            .isEqualTo("weights.truncated");
      }
    }
    for (int type : new int[] {10, 11, 12, 13, 14}) {
      assertThat(
              refusal(
                  "K-quant",
                  with(packed(1).tensor("t", STRIPS + type, 0, most - 255, most), STRIP_BYTES)))
          .isEqualTo("weights.truncated");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {544, 64, 1L << 40, Long.MAX_VALUE & -64, Long.MIN_VALUE, -64, 32})
  void offsets(long offset) throws IOException {
    assertThat(refusal("offset", with(packed(1).tensor("t", Q8_0, offset, 32, 16), STRIP_BYTES)))
        .isIn("weights.malformed", "weights.truncated");
    // The second of two must follow the first's last strip, whose rows are filled up.
    GgufBytes second =
        packed(2).tensor("t", Q8_0, 0, 32, 17).tensor("u", Q8_0, 17 * 34 / 64 * 64 + 64, 32, 16);
    assertThat(refusal("overlap", with(second, 4 * STRIP_BYTES))).isEqualTo("weights.malformed");
  }

  @Test
  void sizes() throws IOException {
    GgufBytes tensor = packed(1).tensor("t", Q8_0, 0, 32, 17);
    assertThat(refusal("one strip missing", with(tensor, STRIP_BYTES)))
        .isEqualTo("weights.truncated");
    assertThat(refusal("a byte missing", with(tensor, 2 * STRIP_BYTES - 1)))
        .isEqualTo("weights.truncated");
    assertThat(refusal("too long", with(tensor, 2 * STRIP_BYTES + 64)))
        .isEqualTo("weights.malformed");
  }

  @Test
  void truncatedAtEveryByteOrAnyBitOfTheHeaderFlipped() throws IOException {
    byte[] whole = with(packed(1).tensor("t", Q8_0, 0, 32, 17), 2 * STRIP_BYTES);
    for (int length = 0; length < whole.length; length++) {
      assertThat(refusal("length " + length, Arrays.copyOf(whole, length)))
          .isIn("weights.truncated", "weights.unrecognised");
    }
    Path path = folder.resolve("flipped.gguf");
    int refused = 0;
    for (int bit = 0; bit < 8 * (whole.length - 2 * STRIP_BYTES); bit++) {
      whole[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(path, whole);
      try (Checkpoint checkpoint = Checkpoint.open(path)) {
        checkpoint.tensors().forEach(Tensor::matrix);
      } catch (EngineException e) {
        refused++;
      }
      whole[bit / 8] ^= (byte) (1 << bit % 8);
    }
    assertThat(refused).isGreaterThan(500);
  }

  /** Every scale of every lane, wherever it was in the rows. */
  @ParameterizedTest
  @EnumSource(
      value = BlockFormat.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32", "F16", "BF16"})
  void scalesThatAreNoNumbers(BlockFormat format) throws IOException {
    int columns = 2 * format.blockElements();
    int rows = 16;
    Declaration tensor = new Declaration("t", format, List.of(rows, columns));
    Path source = folder.resolve("source.gguf");
    try (GgufWriter writer =
        GgufWriter.create(
            source, new GgufMetadata().text("general.architecture", "llama"), List.of(tensor))) {
      writer.write(MemorySegment.ofArray(new byte[(int) tensor.byteSize()]));
      writer.finish();
    }
    Path packed = folder.resolve("packed.gguf");
    try (WorkerPool pool = new PersistentWorkerPool(1)) {
      Packing.pack(source, packed, new ScalarKernels(), pool, Packing.Listener.SILENT);
    }
    byte[] whole = Files.readAllBytes(packed);
    int data;
    try (GgufFile file = GgufFile.open(packed)) {
      data = Math.toIntExact(file.header().dataOffset());
    }
    int width = format == BlockFormat.MXFP4 ? 1 : 2;
    int floats = StripFormat.of(format).floatBytes();
    assertThat(floats % (16 * width)).isZero();
    for (int block = 0; block < 2; block++) {
      for (int i = 0; i < floats; i += width) {
        byte[] bad = whole.clone();
        bad[data + block * StripFormat.of(format).blockBytes() + i + width - 1] =
            (byte) (width == 1 ? 0xff : 0x7c);
        assertThat(refusal(format + " " + i, bad)).isEqualTo("weights.not-finite");
      }
    }
  }
}
