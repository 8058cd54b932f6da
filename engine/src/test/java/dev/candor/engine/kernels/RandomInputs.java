package dev.candor.engine.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Seeded inputs for properties: the seed alone tells which. */
final class RandomInputs {

  private final SplittableRandom random;

  RandomInputs(long seed) {
    random = new SplittableRandom(seed);
  }

  int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  float normal() {
    return (float) random.nextGaussian();
  }

  float[] normals(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = normal();
    }
    return x;
  }

  /** Any bits: every exponent, subnormals, infinities and NaN. */
  float anyFloat() {
    return switch (random.nextInt(12)) {
      case 0 -> 0f;
      case 1 -> -0f;
      case 2 -> Float.MIN_VALUE;
      case 3 -> Float.POSITIVE_INFINITY;
      case 4 -> Float.NEGATIVE_INFINITY;
      case 5 -> Float.NaN;
      case 6 -> Float.MAX_VALUE;
      case 7 -> normal();
      default -> Float.intBitsToFloat(random.nextInt());
    };
  }

  float[] anyFloats(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = anyFloat();
    }
    return x;
  }

  /** Ordinary rows with now and then a few of {@link #anyFloat}, of 0 or of one magnitude. */
  float[] mixedFloats(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      int kind = i / 32 * 7 % 9;
      x[i] =
          switch (kind) {
            case 0 -> 0f;
            case 1 -> normal() * 0x1p-126f;
            case 2 -> normal() * 0x1p-100f;
            case 3 -> normal() * 0x1p120f;
            case 4 -> between(-4, 4) * 0.5f;
            case 5 -> random.nextInt(64) == 0 ? anyFloat() : normal();
            default -> normal();
          };
    }
    return x;
  }

  byte[] bytes(int n) {
    byte[] bytes = new byte[n];
    for (int i = 0; i < n; i++) {
      bytes[i] = (byte) random.nextInt();
    }
    return bytes;
  }

  /**
   * Blocks of random quants. Scales are ordinary, or any bits at all where {@code extreme}; F32,
   * F16 and BF16 are ordinary or any bits likewise.
   */
  Matrix matrix(Arena arena, BlockFormat format, int rows, int columns, boolean extreme) {
    long bytes = format.bytes(columns) * rows;
    MemorySegment data = arena.allocate(Math.max(bytes, 1), 64).asSlice(0, bytes);
    MemorySegment.copy(
        MemorySegment.ofArray(bytes(Math.toIntExact(bytes))), 0, data, 0, data.byteSize());
    Matrix matrix = new Matrix(data, format, rows, columns);
    if (!extreme) {
      calm(matrix);
    }
    return matrix;
  }

  /** Blocks of which all bits but the scales' are alike: quants are the least or the greatest. */
  Matrix saturated(Arena arena, BlockFormat format, int rows, int columns, boolean ones) {
    Matrix matrix = matrix(arena, format, rows, columns, false);
    matrix.data().fill((byte) (ones ? 0xFF : 0));
    calm(matrix);
    return matrix;
  }

  private void calm(Matrix matrix) {
    BlockFormat format = matrix.format();
    MemorySegment data = matrix.data();
    for (long at = 0; at < data.byteSize(); at += format.blockBytes()) {
      switch (format) {
        case F32 -> data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, normal());
        case F16, Q4_0, Q5_0, Q8_0, IQ4_NL -> setHalf(data, at);
        case BF16 ->
            data.set(
                ValueLayout.JAVA_SHORT_UNALIGNED,
                at,
                (short) (Float.floatToRawIntBits(normal()) >> 16));
        case Q4_1, Q5_1, Q4_K, Q5_K -> {
          setHalf(data, at);
          setHalf(data, at + 2);
        }
        case Q2_K -> {
          setHalf(data, at + 80);
          setHalf(data, at + 82);
        }
        case Q3_K -> setHalf(data, at + 108);
        case Q6_K -> setHalf(data, at + 208);
        case MXFP4 -> data.set(ValueLayout.JAVA_BYTE, at, (byte) between(110, 130));
      }
    }
  }

  /** The same matrix in strips, put there block by block as the layout is defined. */
  static Matrix strips(Arena arena, Matrix rows) {
    long bytes = Matrix.bytes(rows.format(), rows.rows(), rows.columns(), Layout.STRIPS);
    Matrix strips =
        new Matrix(
            arena.allocate(bytes, 64), rows.format(), rows.rows(), rows.columns(), Layout.STRIPS);
    BlockFields fields = new BlockFields();
    for (int row = 0; row < rows.rows(); row++) {
      for (int block = 0; block < rows.columns() / rows.format().blockElements(); block++) {
        rows.read(fields, row, block);
        long at = row / StripFormat.ROWS * strips.stripBytes();
        fields.writeStrip(strips.data(), at, block, row % StripFormat.ROWS);
      }
    }
    return strips;
  }

  private void setHalf(MemorySegment data, long at) {
    data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(0.05f * normal()));
  }
}
