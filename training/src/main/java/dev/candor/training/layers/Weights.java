package dev.candor.training.layers;

import dev.candor.training.layers.ParameterLayout.Tensor;

/**
 * The values of some tensors, and each matrix transposed as well: a product reads its right factor
 * row by row, and a weight is the right factor once as it is and once transposed.
 */
public final class Weights {

  /** Rows and columns that are transposed together, so that both sides stay in the cache. */
  private static final int TILE = 32;

  private final ParameterLayout layout;
  private final float[] values;
  private final float[] transposed;

  public Weights(ParameterLayout layout) {
    this.layout = layout;
    this.values = new float[layout.size()];
    this.transposed = new float[layout.size()];
  }

  public ParameterLayout layout() {
    return layout;
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
