package dev.candor.engine.models;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * What an adapter adds to a part of a linear layer: y + s·B·(A·x), of rank r (LoRA, arXiv
 * 2106.09685, section 4.1).
 *
 * @param down A, [r, in]
 * @param up s·B, transposed, in tiles of as many rows of the layer as a thread takes at a time: [r,
 *     rows of the tile] each
 */
record LowRank(Matrix down, List<Matrix> up) {

  int rank() {
    return down.rows();
  }

  /**
   * The rows of a part.
   *
   * @param down A
   * @param b B as its author published it, [outputs of the layer, r]
   * @param scaling s
   */
  static LowRank of(Matrix down, float[] b, float scaling, LinearLayers.Part part, Arena arena) {
    int rank = down.rows();
    List<Matrix> tiles = new ArrayList<>();
    for (int first = 0; first < part.rows(); first += Linear.GRAIN) {
      int width = Math.min(Linear.GRAIN, part.rows() - first);
      MemorySegment tile = arena.allocate(4L * rank * width, 64);
      for (int i = 0; i < width; i++) {
        int row = part.layer().order().source(part.firstRow() + first + i);
        for (int j = 0; j < rank; j++) {
          tile.setAtIndex(
              ValueLayout.JAVA_FLOAT, (long) j * width + i, scaling * b[row * rank + j]);
        }
      }
      tiles.add(new Matrix(tile, BlockFormat.F32, rank, width));
    }
    return new LowRank(down, tiles);
  }

  /**
   * y[t, i] = fma(h[t, j], s·B[i, j], y[t, i]), j ascending, for the part's rows i in [from, to).
   *
   * @param from where a tile begins
   * @param h A·x, [tokens, r]
   */
  void add(
      Kernels kernels,
      int from,
      int to,
      float[] h,
      int hOffset,
      int hStride,
      int tokens,
      float[] y,
      int yOffset,
      int yStride) {
    if (from % Linear.GRAIN != 0) {
      throw new IllegalArgumentException("row " + from + " is within a tile");
    }
    for (int row = from; row < to; row += Linear.GRAIN) {
      kernels.addWeightedRows(
          h,
          hOffset,
          hStride,
          tokens,
          up.get(row / Linear.GRAIN),
          0,
          rank(),
          y,
          yOffset + row,
          yStride);
    }
  }
}
