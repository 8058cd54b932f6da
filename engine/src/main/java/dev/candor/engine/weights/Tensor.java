package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A named array of a weights file, mapped. Shape is row-major, outermost first (the order of
 * PyTorch; GGUF stores the reverse), so {@code [out, in]} for a linear layer.
 *
 * @param name Hugging Face name, whatever the file calls it
 * @param format how its elements are stored
 * @param shape extents, outermost first
 * @param data its bytes, a view of the mapped file
 * @param layout how its rows lie: those of a packed file's matrices in strips
 */
public record Tensor(
    String name, BlockFormat format, List<Integer> shape, MemorySegment data, Layout layout) {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  public Tensor {
    shape = List.copyOf(shape);
  }

  /** A tensor whose rows follow one another. */
  public Tensor(String name, BlockFormat format, List<Integer> shape, MemorySegment data) {
    this(name, format, shape, data, Layout.ROWS);
  }

  /** Number of elements: the product of the extents. */
  public long elements() {
    long elements = 1;
    for (int extent : shape) {
      elements *= extent;
    }
    return elements;
  }

  /**
   * The tensor as a matrix: rows are the first extent, columns the product of the others; a vector
   * is one row.
   */
  public Matrix matrix() {
    int rows = shape.size() < 2 ? 1 : shape.getFirst();
    return new Matrix(data, format, rows, Math.toIntExact(elements() / rows), layout);
  }

  /**
   * All elements as float32 on the heap, row-major. For what is small and read often, such as norms
   * and biases; large tensors stay mapped and are read through {@link #matrix}.
   *
   * @throws WeightsException {@code weights.unsupported} if the elements are quantised
   */
  public float[] floats() {
    float[] floats = new float[Math.toIntExact(elements())];
    switch (format) {
      case F32 -> MemorySegment.copy(data, FLOAT, 0, floats, 0, floats.length);
      case F16 -> {
        for (int i = 0; i < floats.length; i++) {
          floats[i] = Float.float16ToFloat(data.get(SHORT, 2L * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < floats.length; i++) {
          floats[i] = Float.intBitsToFloat(data.get(SHORT, 2L * i) << 16);
        }
      }
      default ->
          throw new WeightsException(
              "unsupported",
              "tensor " + name + " is " + format + "; a norm or bias must be F32, F16 or BF16",
              "Convert the model with its vectors at F32, as every known converter does.");
    }
    return floats;
  }
}
