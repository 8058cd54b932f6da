package dev.candor.training.optimisers;

import dev.candor.engine.kernels.GradientKernels;
import java.util.Arrays;

/**
 * Brings the singular values of a matrix near 1 and keeps its singular vectors, by five steps of a
 * quintic Newton–Schulz iteration. Its coefficients are chosen for speed: the values end between
 * about 0.7 and 1.2 (Keller Jordan, "Muon: an optimizer for hidden layers in neural networks",
 * kellerjordan.github.io/posts/muon). One thread's.
 */
final class NewtonSchulz {

  private static final int STEPS = 5;
  private static final float A = 3.4445f;
  private static final float B = -4.7750f;
  private static final float C = 2.0315f;
  private static final double LEAST_NORM = 1e-7;

  private final GradientKernels kernels;
  private final float[] gram;
  private final float[] scaled;
  private final float[] square;
  private float[] matrix;
  private float[] next;

  /**
   * @param largest elements of the largest matrix
   * @param widest the largest of the lesser extents
   */
  NewtonSchulz(GradientKernels kernels, int largest, int widest) {
    this.kernels = kernels;
    this.matrix = new float[largest];
    this.next = new float[largest];
    this.gram = new float[widest * widest];
    this.scaled = new float[widest * widest];
    this.square = new float[widest * widest];
  }

  /** Replaces m, [rows, columns], in rows from 0 on. */
  void orthogonalise(float[] m, int rows, int columns) {
    int size = rows * columns;
    double norm = GradientNorm.of(m, 0, size);
    float inverse = (float) (1 / Math.max(norm, LEAST_NORM));
    // At least as many rows as columns: XᵀX is then the smaller of the two products.
    boolean turned = rows < columns;
    int tall = Math.max(rows, columns);
    int wide = Math.min(rows, columns);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        matrix[turned ? j * rows + i : i * columns + j] = m[i * columns + j] * inverse;
      }
    }
    for (int step = 0; step < STEPS; step++) {
      step(tall, wide);
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        m[i * columns + j] = matrix[turned ? j * rows + i : i * columns + j];
      }
    }
  }

  /** X = a·X + X·(b·G + c·G·G), G = XᵀX. */
  private void step(int tall, int wide) {
    Arrays.fill(gram, 0, wide * wide, 0);
    kernels.addProduct(wide, wide, tall, matrix, 0, 1, wide, matrix, 0, wide, gram, 0, wide);
    for (int i = 0; i < wide * wide; i++) {
      square[i] = B * gram[i];
      scaled[i] = C * gram[i];
    }
    kernels.addProduct(wide, wide, wide, scaled, 0, wide, 1, gram, 0, wide, square, 0, wide);
    for (int i = 0; i < tall * wide; i++) {
      next[i] = A * matrix[i];
    }
    kernels.addProduct(tall, wide, wide, matrix, 0, wide, 1, square, 0, wide, next, 0, wide);
    float[] old = matrix;
    matrix = next;
    next = old;
  }
}
