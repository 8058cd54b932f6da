package dev.candor.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.WeightsException;
import dev.candor.engine.kernels.BlockFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class QuantizerTest {

  private static final int ROW = 256;

  static Stream<BlockFormat> writable() {
    return Arrays.stream(BlockFormat.values()).filter(Quantizer::supports);
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "BF16", "F16"})
  void givesTheBytesOfTheReference(BlockFormat format) {
    float[] values = oracleValues();
    byte[] expected = resource(format.name().toLowerCase(Locale.ROOT) + ".bin");
    byte[] actual = store(format, values);
    int block = format.blockBytes();
    for (int at = 0; at < expected.length; at += block) {
      assertThat(Arrays.copyOfRange(actual, at, at + block))
          .as("block %d", at / block)
          .isEqualTo(Arrays.copyOfRange(expected, at, at + block));
    }
    assertThat(actual).hasSameSizeAs(expected);
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_K", "Q6_K"})
  void isNoFurtherFromTheValuesThanTheReference(BlockFormat format) {
    float[] values = oracleValues();
    byte[] reference = resource(format.name().toLowerCase(Locale.ROOT) + ".bin");
    float[] theirs = StoredBlocks.read(format, reference, values.length);
    float[] ours = StoredBlocks.read(format, store(format, values), values.length);
    for (int row = 0; row < values.length / ROW; row++) {
      double scale = Math.sqrt(squares(values, new float[values.length], row)) + 1e-12;
      assertThat(Math.sqrt(squares(values, ours, row)) / scale)
          .as("relative error of row %d", row)
          .isLessThanOrEqualTo(Math.sqrt(squares(values, theirs, row)) / scale * 1.01 + 1e-9);
    }
  }

  /** Half a step of the format's grid, and what f16 adds when it rounds the step itself. */
  @ParameterizedTest
  @MethodSource("writable")
  void staysWithinTheFormatsError(BlockFormat format) {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      float[] values = new float[ROW];
      float spread = (float) Math.pow(10, random.nextDouble(-2, 2));
      for (int i = 0; i < ROW; i++) {
        values[i] = (float) random.nextGaussian() * spread;
      }
      float[] read = StoredBlocks.read(format, store(format, values), ROW);
      int block = Math.max(16, Math.min(32, format.blockElements()));
      for (int i = 0; i < ROW; i++) {
        float least = 0;
        float most = 0;
        for (int j = i / block * block; j < (i / block + 1) * block; j++) {
          least = Math.min(least, values[j]);
          most = Math.max(most, values[j]);
        }
        float largest = Math.max(most, -least);
        float bound =
            switch (format) {
              case F32 -> 0;
              case F16 -> Math.abs(values[i]) * 0x1p-11f + 0x1p-25f;
              case BF16 -> Math.abs(values[i]) * 0x1p-8f;
              // The far end of the asymmetric grid is a whole step away.
              case Q4_0 -> largest / 8 * 1.01f;
              case Q5_0 -> largest / 16 * 1.02f;
              case Q4_1 -> (most - least) / 15 * 0.5f + largest * 0x1p-9f;
              case Q5_1 -> (most - least) / 31 * 0.5f + largest * 0x1p-9f;
              case Q8_0 -> largest / 127 * 0.5f + largest * 0x1p-10f;
              case Q4_K -> (most - least) / 15 * 1.5f + spread * 0.1f;
              case Q6_K -> largest / 32 * 1.1f + spread * 0.05f;
              default -> throw new IllegalArgumentException(format.toString());
            };
        assertThat(Math.abs(read[i] - values[i]))
            .as("%s element %d = %s", format, i, values[i])
            .isLessThanOrEqualTo(bound);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("writable")
  void keepsZerosAndConstants(BlockFormat format) {
    for (float read : StoredBlocks.read(format, store(format, new float[ROW]), ROW)) {
      assertThat(read).isZero();
    }
    for (float constant : new float[] {0.5f, -0.5f, 1, -96}) {
      float[] values = new float[ROW];
      Arrays.fill(values, constant);
      for (float read : StoredBlocks.read(format, store(format, values), ROW)) {
        assertThat(read).isCloseTo(constant, within(Math.abs(constant) * 0x1p-9f));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("writable")
  void takesDenormalsForWhatTheyAre(BlockFormat format) {
    float[] values = new float[ROW];
    Random random = new Random(3);
    for (int i = 0; i < ROW; i++) {
      values[i] = Float.MIN_VALUE * (random.nextInt(2000) - 1000);
    }
    for (float read : StoredBlocks.read(format, store(format, values), ROW)) {
      assertThat(read).isFinite().isCloseTo(0, within(0x1p-20f));
    }
  }

  @ParameterizedTest
  @MethodSource("writable")
  void refusesWhatIsNotFinite(BlockFormat format) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] values = new float[ROW];
      values[200] = bad;
      assertThatThrownBy(() -> store(format, values))
          .isInstanceOfSatisfying(
              WeightsException.class,
              e -> {
                assertThat(e.code()).isEqualTo("weights.not-finite");
                assertThat(e).hasMessageContaining("element 200");
              });
    }
  }

  @ParameterizedTest
  @MethodSource("writable")
  void refusesWhatTheFormatCannotHold(BlockFormat format) {
    float[] values = new float[ROW];
    values[9] = Float.MAX_VALUE;
    values[40] = -Float.MAX_VALUE;
    if (format == BlockFormat.F32) {
      assertThat(StoredBlocks.read(format, store(format, values), ROW)).isEqualTo(values);
      return;
    }
    assertThatThrownBy(() -> store(format, values))
        .isInstanceOfSatisfying(
            WeightsException.class, e -> assertThat(e.code()).isEqualTo("weights.out-of-range"));
  }

  @ParameterizedTest
  @MethodSource("writable")
  void writesItsOwnBytesOnly(BlockFormat format) {
    float[] values = new float[3 * ROW];
    Random random = new Random(5);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    int bytes = (int) format.bytes(ROW);
    byte[] out = new byte[bytes + 14];
    Arrays.fill(out, (byte) 0x5a);
    Quantizer.quantize(format, values, ROW, ROW, MemorySegment.ofArray(out), 7);
    assertThat(Arrays.copyOf(out, 7)).containsOnly(0x5a);
    assertThat(Arrays.copyOfRange(out, bytes + 7, bytes + 14)).containsOnly(0x5a);
    assertThat(Arrays.copyOfRange(out, 7, bytes + 7))
        .isEqualTo(store(format, Arrays.copyOfRange(values, ROW, 2 * ROW)));
  }

  @Test
  void refusesPartialBlocksAndFormatsItOnlyReads() {
    byte[] out = new byte[1000];
    assertThatThrownBy(() ->
            Quantizer.quantize(
                BlockFormat.Q4_0, new float[40], 0, 40, MemorySegment.ofArray(out), 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            Quantizer.quantize(
                BlockFormat.Q2_K, new float[256], 0, 256, MemorySegment.ofArray(out), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static org.assertj.core.data.Offset<Float> within(float offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }

  private static double squares(float[] a, float[] b, int row) {
    double sum = 0;
    for (int i = row * ROW; i < (row + 1) * ROW; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return sum;
  }

  private static byte[] store(BlockFormat format, float[] values) {
    byte[] out = new byte[(int) format.bytes(values.length)];
    Quantizer.quantize(format, values, 0, values.length, MemorySegment.ofArray(out), 0);
    return out;
  }

  private static float[] oracleValues() {
    byte[] bytes = resource("values.f32");
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  private static byte[] resource(String name) {
    try (InputStream in = QuantizerTest.class.getResourceAsStream("/quantizer/" + name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not among the test resources");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
