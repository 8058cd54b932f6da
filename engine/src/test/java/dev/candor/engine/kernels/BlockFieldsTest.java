package dev.candor.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockFieldsTest {

  /** Against the blocks that gguf-py decoded; see golden-blocks.py beside the golden files. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "F32")
  void decodesAsTheReferenceDoes(BlockFormat format) throws IOException {
    ByteBuffer golden = golden(format);
    int blocks = golden.getInt();
    byte[] in = new byte[blocks * format.blockBytes()];
    golden.get(in);
    float[] expected = new float[blocks * format.blockElements()];
    golden.asFloatBuffer().get(expected);

    float[] actual = new float[expected.length + 3];
    Matrix row = new Matrix(MemorySegment.ofArray(in), format, 1, expected.length);
    new ScalarKernels().dequantize(row, 0, actual, 3);

    SameBits.assertSame(format.name(), actual, 3, expected, 0, expected.length);
  }

  private static ByteBuffer golden(BlockFormat format) throws IOException {
    try (InputStream in = BlockFieldsTest.class.getResourceAsStream(format + ".golden")) {
      assertThat(in).isNotNull();
      return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** The layouts say the same: whatever the bits, a strip gives back what was put in. */
  @ParameterizedTest
  @EnumSource
  void stripsKeepEveryField(StripFormat format) {
    RandomInputs random = new RandomInputs(format.ordinal());
    int columns = 512;
    int rows = 37;
    try (Arena arena = Arena.ofConfined()) {
      Matrix inRows = random.matrix(arena, format.format, rows, columns, true);
      Matrix inStrips = RandomInputs.strips(arena, inRows);
      BlockFields expected = new BlockFields();
      BlockFields actual = new BlockFields();
      ScalarKernels kernels = new ScalarKernels();
      float[] expectedRow = new float[columns];
      float[] actualRow = new float[columns];
      int elements = format.format.blockElements();
      for (int row = 0; row < rows; row++) {
        for (int block = 0; block < columns / elements; block++) {
          inRows.read(expected, row, block);
          inStrips.read(actual, row, block);
          for (int g = 0; g < elements / format.group; g++) {
            SameBits.assertSame(
                format + " scales",
                new float[] {actual.scale(g), actual.minimum(g)},
                new float[] {expected.scale(g), expected.minimum(g)});
          }
          for (int j = 0; j < elements; j++) {
            assertThat(actual.quant(j)).as("%s %d", format, j).isEqualTo(expected.quant(j));
          }
        }
        kernels.dequantize(inRows, row, expectedRow, 0);
        kernels.dequantize(inStrips, row, actualRow, 0);
        SameBits.assertSame(format.name(), actualRow, expectedRow);
      }
    }
  }

  /** Four columns at a time gives the bytes that one at a time gives, the padding included. */
  @ParameterizedTest
  @EnumSource
  void stripsPutTogetherOnTheFlyAreTheSameBytes(StripFormat format) {
    RandomInputs random = new RandomInputs(format.ordinal());
    int columns = 768;
    int rows = 21;
    try (Arena arena = Arena.ofConfined()) {
      Matrix inRows = random.matrix(arena, format.format, rows, columns, true);
      Matrix expected = RandomInputs.strips(arena, inRows);
      StripScratch scratch = new StripScratch();
      // The wider one first: what it leaves behind must not show.
      Matrix wider = random.matrix(arena, format.format, 16, 2 * columns, true);
      scratch.strip(wider, 0);
      long bytes = format.stripBytes(columns);
      for (int row = 0; row < rows; row += 16) {
        MemorySegment actual = scratch.strip(inRows, row);
        long at = row / 16 * bytes;
        assertThat(MemorySegment.mismatch(actual, 0, bytes, expected.data(), at, at + bytes))
            .as(format.name())
            .isEqualTo(-1);
      }
    }
  }

  /** No two fields of a record share a byte, and a strip is as long as its records. */
  @ParameterizedTest
  @EnumSource
  void recordsFollowOneAnother(StripFormat format) {
    int columns = 3 * format.format.blockElements();
    long end = 0;
    for (int block = 0; block < 3; block++) {
      end += format.headerBytes();
      for (int k = 0; k < format.recordsPerBlock(); k++) {
        assertThat(format.recordAt(block, k)).isEqualTo(end);
        end += format.recordBytes();
      }
    }
    assertThat(format.stripBytes(columns)).isEqualTo(end);
    assertThat(format.minimumAt()).isPositive();
    assertThat(format.highAt()).isGreaterThanOrEqualTo(format.minimumAt());
    assertThat(format.lowAt()).isEqualTo(format.highAt() + 64 * format.highBits);
    assertThat(format.recordBytes()).isEqualTo(format.lowAt() + 64 * format.lowBits);
  }
}
