package dev.candor.training.layers;

import dev.candor.engine.ModelException;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.training.layers.ParameterLayout.Tensor;

/**
 * The values of some tensors, and each matrix transposed as well: a product reads its right factor
 * row by row, and a weight is the right factor once as it is and once transposed.
 */
public final class Weights {

  /** Rows and columns that are transposed together, so that both sides stay in the cache. */
  private static final int TILE = 32;

  private final ParameterLayout layout;
  private final FrozenBase frozen;
  private final float[] values;
  private final float[] transposed;

  /** Everything is in the layout. */
  public Weights(ParameterLayout layout) {
    this(layout, FrozenBase.NONE);
  }

  /**
   * @param frozen the matrices that are not in the layout
   */
  public Weights(ParameterLayout layout, FrozenBase frozen) {
    this.layout = layout;
    this.frozen = frozen;
    this.values = new float[layout.size()];
    this.transposed = new float[layout.size()];
  }

  public ParameterLayout layout() {
    return layout;
  }

  FrozenBase frozen() {
    return frozen;
  }

  /** The values themselves, laid out as the layout says. */
  public float[] values() {
    return values;
  }

  /**
   * The same tensors, those of more than one dimension transposed: [d0, d1, …] as [d1·…, d0], each
   * at the offset of its tensor.
   */
  float[] transposed() {
    return transposed;
  }

  /**
   * Takes the values of a checkpoint, of all tensors but those of adapters.
   *
   * @throws ModelException {@code model.missing} if one is not there, or has another shape
   */
  public void load(Checkpoint checkpoint, Kernels kernels) {
    for (Tensor tensor : layout.tensors()) {
      if (!AdapterNames.isFactor(tensor.name())) {
        load(checkpoint, kernels, tensor);
      }
    }
  }

  private void load(Checkpoint checkpoint, Kernels kernels, Tensor tensor) {
    Matrix matrix =
        checkpoint
            .tensor(tensor.name())
            .filter(found -> found.shape().equals(tensor.shape()))
            .orElseThrow(() ->
                new ModelException(
                    "missing",
                    "the checkpoint has no tensor " + tensor.name() + " " + tensor.shape(),
                    "Use the checkpoint that this configuration belongs to."))
            .matrix();
    for (int row = 0; row < matrix.rows(); row++) {
      kernels.dequantize(matrix, row, values, tensor.offset() + row * matrix.columns());
    }
  }

  /** Transposes anew. */
  public void changed() {
    for (Tensor tensor : layout.tensors()) {
      if (tensor.shape().size() > 1) {
        int rows = tensor.shape().getFirst();
        transpose(values, tensor.offset(), rows, tensor.size() / rows, transposed);
      }
    }
  }

  /** to[offset + c * rows + r] = from[offset + r * columns + c]. */
  private static void transpose(float[] from, int offset, int rows, int columns, float[] to) {
    for (int r = 0; r < rows; r += TILE) {
      int rowEnd = Math.min(rows, r + TILE);
      for (int c = 0; c < columns; c += TILE) {
        int columnEnd = Math.min(columns, c + TILE);
        for (int i = r; i < rowEnd; i++) {
          for (int j = c; j < columnEnd; j++) {
            to[offset + j * rows + i] = from[offset + i * columns + j];
          }
        }
      }
    }
  }
}
