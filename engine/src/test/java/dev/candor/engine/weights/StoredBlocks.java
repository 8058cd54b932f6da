package dev.candor.engine.weights;

import dev.candor.engine.kernels.BlockFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads blocks back after the published layouts, one element at a time: for tests only. */
final class StoredBlocks {

  private StoredBlocks() {}

  static float[] read(BlockFormat format, byte[] bytes, int count) {
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      int at = i / format.blockElements() * format.blockBytes();
      values[i] = element(format, data, at, i % format.blockElements());
    }
    return values;
  }

  private static float element(BlockFormat format, ByteBuffer data, int at, int j) {
    return switch (format) {
      case F32 -> data.getFloat(at);
      case F16 -> half(data, at);
      case BF16 -> Float.intBitsToFloat(data.getShort(at) << 16);
      case Q4_0 -> half(data, at) * (nibble(data, at + 2, j) - 8);
      case Q4_1 -> half(data, at) * nibble(data, at + 4, j) + half(data, at + 2);
      case Q5_0 -> half(data, at) * (nibble(data, at + 6, j) + fifth(data, at + 2, j) - 16);
      case Q5_1 ->
          half(data, at) * (nibble(data, at + 8, j) + fifth(data, at + 4, j)) + half(data, at + 2);
      case Q8_0 -> half(data, at) * data.get(at + 2 + j);
      case Q4_K -> q4k(data, at, j);
      case Q6_K -> q6k(data, at, j);
      default -> throw new IllegalArgumentException(format.toString());
    };
  }

  private static float q4k(ByteBuffer data, int at, int j) {
    int group = j / 32;
    int scales = at + 4;
    int s;
    int m;
    if (group < 4) {
      s = data.get(scales + group) & 63;
      m = data.get(scales + group + 4) & 63;
    } else {
      int low = data.get(scales + group + 4) & 0xff;
      s = low & 15 | (data.get(scales + group - 4) & 0xff) >> 6 << 4;
      m = low >> 4 | (data.get(scales + group) & 0xff) >> 6 << 4;
    }
    int packed = data.get(at + 16 + j / 64 * 32 + j % 32) & 0xff;
    int q = j % 64 < 32 ? packed & 15 : packed >> 4;
    return half(data, at) * s * q - half(data, at + 2) * m;
  }

  private static float q6k(ByteBuffer data, int at, int j) {
    int half = j / 128;
    int quarter = j % 128 / 32;
    int low = data.get(at + half * 64 + (quarter % 2) * 32 + j % 32) & 0xff;
    int high = data.get(at + 128 + half * 32 + j % 32) & 0xff;
    int q = (quarter < 2 ? low & 15 : low >> 4) | (high >> 2 * quarter & 3) << 4;
    return half(data, at + 208) * data.get(at + 192 + j / 16) * (q - 32);
  }

  private static int nibble(ByteBuffer data, int at, int j) {
    int packed = data.get(at + j % 16) & 0xff;
    return j < 16 ? packed & 15 : packed >> 4;
  }

  private static int fifth(ByteBuffer data, int at, int j) {
    return (data.getInt(at) >>> j & 1) << 4;
  }

  private static float half(ByteBuffer data, int at) {
    return Float.float16ToFloat(data.getShort(at));
  }
}
