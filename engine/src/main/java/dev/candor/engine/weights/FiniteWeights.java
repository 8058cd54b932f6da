package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.StripFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;

/**
 * Refuses weights that are not numbers: one NaN or infinity in a scale makes every output of the
 * model meaningless. Of a quantised block only the scales can be; of plain formats every element is
 * looked at. Subnormal scales are as good as any.
 *
 * <p>{@link #requireSampled} costs at most {@value #SAMPLES} page reads a tensor and runs whenever
 * a checkpoint is opened; {@link #requireAll} reads the whole file once.
 */
public final class FiniteWeights {

  /** Blocks that the sampled check looks at, first and last included. */
  private static final int SAMPLES = 16;

  /** Tensors up to this size, norms and biases among them, are always checked whole. */
  private static final long SMALL_BYTES = 16 << 10;

  /** Read between two reports of progress: some hundredths of a second's work. */
  private static final long STEP_BYTES = 64 << 20;

  /** Beyond this exponent the largest element, 6, times the scale overflows float32. */
  private static final int LARGEST_E8M0 = 252;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private FiniteWeights() {}

  /**
   * Checks some blocks of each tensor, at even distances.
   *
   * @throws WeightsException {@code weights.not-finite}
   */
  public static void requireSampled(Checkpoint checkpoint) {
    for (Tensor tensor : checkpoint.tensors()) {
      long blocks = tensor.data().byteSize() / blockBytes(tensor);
      if (tensor.data().byteSize() <= SMALL_BYTES) {
        require(tensor, 0, blocks);
      } else {
        for (long i = 0; i < SAMPLES; i++) {
          long block = i * (blocks - 1) / (SAMPLES - 1);
          require(tensor, block, block + 1);
        }
      }
    }
  }

  /**
   * Checks every block of every tensor.
   *
   * @param progress told now and then how many bytes have been checked
   * @throws WeightsException {@code weights.not-finite}
   */
  public static void requireAll(Checkpoint checkpoint, LongConsumer progress) {
    long checkedBytes = 0;
    for (Tensor tensor : checkpoint.tensors()) {
      long blockBytes = blockBytes(tensor);
      long blocks = tensor.data().byteSize() / blockBytes;
      long step = STEP_BYTES / blockBytes;
      for (long from = 0; from < blocks; from += step) {
        long to = Math.min(blocks, from + step);
        require(tensor, from, to);
        checkedBytes += (to - from) * blockBytes;
        progress.accept(checkedBytes);
      }
    }
  }

  /** Bytes of what is looked at as a whole: a block; in strips, that of 16 rows. */
  private static int blockBytes(Tensor tensor) {
    return tensor.layout() == Layout.STRIPS
        ? StripFormat.of(tensor.format()).blockBytes()
        : tensor.format().blockBytes();
  }

  private static void require(Tensor tensor, long from, long to) {
    long block =
        tensor.layout() == Layout.STRIPS
            ? firstNotFiniteStrip(tensor.data(), tensor.format(), from, to)
            : firstNotFinite(tensor.data(), tensor.format(), from, to);
    if (block < to) {
      throw new WeightsException(
          "not-finite",
          "tensor "
              + tensor.name()
              + ": the values of block "
              + block
              + " are not finite numbers ("
              + tensor.format()
              + ")",
          "Use an undamaged file; this one would give meaningless answers.");
    }
  }

  /** The first such block of 16 rows in [from, to), or to; its scales are at its beginning. */
  private static long firstNotFiniteStrip(
      MemorySegment data, BlockFormat format, long from, long to) {
    int bytes = StripFormat.of(format).blockBytes();
    int floats = StripFormat.of(format).floatBytes();
    for (long i = from; i < to; i++) {
      long at = i * bytes;
      boolean finite =
          format == BlockFormat.MXFP4
              ? exponents(data.asSlice(at, floats), 1, 0, floats) == floats
              : halves(data.asSlice(at, floats), 2, 0, 0, 0x7c00, 0, floats / 2) == floats / 2;
      if (!finite) {
        return i;
      }
    }
    return to;
  }

  /** The first such block in [from, to), or to. */
  private static long firstNotFinite(MemorySegment data, BlockFormat format, long from, long to) {
    return switch (format) {
      case F32 -> {
        long i = from;
        while (i < to && (~data.get(INT, 4 * i) & 0x7f80_0000) != 0) {
          i++;
        }
        yield i;
      }
      case BF16 -> halves(data, 2, 0, 0, 0x7f80, from, to);
      case F16 -> halves(data, 2, 0, 0, 0x7c00, from, to);
      case MXFP4 -> exponents(data, 17, from, to);
      case Q4_0, Q5_0, Q8_0, IQ4_NL -> halves(data, format.blockBytes(), 0, 0, 0x7c00, from, to);
      case Q4_1, Q5_1, Q4_K, Q5_K -> halves(data, format.blockBytes(), 0, 2, 0x7c00, from, to);
      case Q2_K -> halves(data, format.blockBytes(), 80, 82, 0x7c00, from, to);
      case Q3_K -> halves(data, format.blockBytes(), 108, 108, 0x7c00, from, to);
      case Q6_K -> halves(data, format.blockBytes(), 208, 208, 0x7c00, from, to);
    };
  }

  /** The E8M0 scale of each block. */
  private static long exponents(MemorySegment data, long stride, long from, long to) {
    long i = from;
    while (i < to
        && Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, i * stride)) <= LARGEST_E8M0) {
      i++;
    }
    return i;
  }

  /** Two 16-bit numbers of each block, whose exponent must not be all ones. */
  private static long halves(
      MemorySegment data, long stride, int first, int second, int exponent, long from, long to) {
    long i = from;
    while (i < to
        && (~data.get(SHORT, i * stride + first) & exponent) != 0
        && (~data.get(SHORT, i * stride + second) & exponent) != 0) {
      i++;
    }
    return i;
  }
}
