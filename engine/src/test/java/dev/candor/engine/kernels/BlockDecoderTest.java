package dev.candor.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against the blocks that gguf-py decoded; see golden-blocks.py beside the golden files. */
class BlockDecoderTest {

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
    BlockDecoder.decode(format, in, 0, expected.length, actual, 3);

    SameBits.assertSame(format.name(), actual, 3, expected, 0, expected.length);
  }

  @ParameterizedTest
  @EnumSource
  void decodesLongRowsInPieces(BlockFormat format) {
    RandomInputs random = new RandomInputs(format.ordinal());
    int columns = 3 * 4096 + 512;
    byte[] bytes = random.bytes((int) format.bytes(columns) * 2);
    Matrix matrix = new Matrix(MemorySegment.ofArray(bytes), format, 2, columns);
    float[] whole = new float[columns];
    BlockDecoder.decode(format, bytes, (int) format.bytes(columns), columns, whole, 0);
    float[] row = new float[columns + 1];
    new ScalarKernels().dequantize(matrix, 1, row, 1);
    SameBits.assertSame(format.name(), row, 1, whole, 0, columns);
  }

  @Test
  void plainFloatsKeepTheirBits() {
    byte[] in = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(-1.5f).array();
    float[] out = new float[1];
    BlockDecoder.decode(BlockFormat.F32, in, 0, 1, out, 0);
    assertThat(out[0]).isEqualTo(-1.5f);
  }

  private static ByteBuffer golden(BlockFormat format) throws IOException {
    try (InputStream in = BlockDecoderTest.class.getResourceAsStream(format + ".golden")) {
      assertThat(in).isNotNull();
      return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
