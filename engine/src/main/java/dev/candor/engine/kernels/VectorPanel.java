package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * Rows of float32 weights times several tokens: the sums of a tile stay in registers.
 *
 * <p>Each method leaves in lanes[16·(r·tokens + t) + group + …] the lanes of Σ panel[r, j]·x[t, j]
 * over j in [0, columns), columns a multiple of 16, from zero.
 */
final class VectorPanel {

  private VectorPanel() {}

  /** 4 rows × 3 tokens. */
  static void multiply4x3(
      float[] panel,
      int panelOffset,
      int panelStride,
      float[] x,
      int xOffset,
      int xStride,
      int columns,
      int group,
      float[] lanes) {
    int w0Offset = panelOffset;
    int w1Offset = panelOffset + 1 * panelStride;
    int w2Offset = panelOffset + 2 * panelStride;
    int w3Offset = panelOffset + 3 * panelStride;
    int x0Offset = xOffset;
    int x1Offset = xOffset + 1 * xStride;
    int x2Offset = xOffset + 2 * xStride;
    FloatVector sum00 = FloatVector.zero(FLOATS);
    FloatVector sum01 = FloatVector.zero(FLOATS);
    FloatVector sum02 = FloatVector.zero(FLOATS);
    FloatVector sum10 = FloatVector.zero(FLOATS);
    FloatVector sum11 = FloatVector.zero(FLOATS);
    FloatVector sum12 = FloatVector.zero(FLOATS);
    FloatVector sum20 = FloatVector.zero(FLOATS);
    FloatVector sum21 = FloatVector.zero(FLOATS);
    FloatVector sum22 = FloatVector.zero(FLOATS);
    FloatVector sum30 = FloatVector.zero(FLOATS);
    FloatVector sum31 = FloatVector.zero(FLOATS);
    FloatVector sum32 = FloatVector.zero(FLOATS);
    for (int j = group; j < columns; j += 16) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, x0Offset + j);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, x1Offset + j);
      FloatVector x2 = FloatVector.fromArray(FLOATS, x, x2Offset + j);
      FloatVector w0 = FloatVector.fromArray(FLOATS, panel, w0Offset + j);
      sum00 = w0.fma(x0, sum00);
      sum01 = w0.fma(x1, sum01);
      sum02 = w0.fma(x2, sum02);
      FloatVector w1 = FloatVector.fromArray(FLOATS, panel, w1Offset + j);
      sum10 = w1.fma(x0, sum10);
      sum11 = w1.fma(x1, sum11);
      sum12 = w1.fma(x2, sum12);
      FloatVector w2 = FloatVector.fromArray(FLOATS, panel, w2Offset + j);
      sum20 = w2.fma(x0, sum20);
      sum21 = w2.fma(x1, sum21);
      sum22 = w2.fma(x2, sum22);
      FloatVector w3 = FloatVector.fromArray(FLOATS, panel, w3Offset + j);
      sum30 = w3.fma(x0, sum30);
      sum31 = w3.fma(x1, sum31);
      sum32 = w3.fma(x2, sum32);
    }
    sum00.intoArray(lanes, 0 + group);
    sum01.intoArray(lanes, 16 + group);
    sum02.intoArray(lanes, 32 + group);
    sum10.intoArray(lanes, 48 + group);
    sum11.intoArray(lanes, 64 + group);
    sum12.intoArray(lanes, 80 + group);
    sum20.intoArray(lanes, 96 + group);
    sum21.intoArray(lanes, 112 + group);
    sum22.intoArray(lanes, 128 + group);
    sum30.intoArray(lanes, 144 + group);
    sum31.intoArray(lanes, 160 + group);
    sum32.intoArray(lanes, 176 + group);
  }

  /** 4 rows × 2 tokens. */
  static void multiply4x2(
      float[] panel,
      int panelOffset,
      int panelStride,
      float[] x,
      int xOffset,
      int xStride,
      int columns,
      int group,
      float[] lanes) {
    int w0Offset = panelOffset;
    int w1Offset = panelOffset + 1 * panelStride;
    int w2Offset = panelOffset + 2 * panelStride;
    int w3Offset = panelOffset + 3 * panelStride;
    int x0Offset = xOffset;
    int x1Offset = xOffset + 1 * xStride;
    FloatVector sum00 = FloatVector.zero(FLOATS);
    FloatVector sum01 = FloatVector.zero(FLOATS);
    FloatVector sum10 = FloatVector.zero(FLOATS);
    FloatVector sum11 = FloatVector.zero(FLOATS);
    FloatVector sum20 = FloatVector.zero(FLOATS);
    FloatVector sum21 = FloatVector.zero(FLOATS);
    FloatVector sum30 = FloatVector.zero(FLOATS);
    FloatVector sum31 = FloatVector.zero(FLOATS);
    for (int j = group; j < columns; j += 16) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, x0Offset + j);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, x1Offset + j);
      FloatVector w0 = FloatVector.fromArray(FLOATS, panel, w0Offset + j);
      sum00 = w0.fma(x0, sum00);
      sum01 = w0.fma(x1, sum01);
      FloatVector w1 = FloatVector.fromArray(FLOATS, panel, w1Offset + j);
      sum10 = w1.fma(x0, sum10);
      sum11 = w1.fma(x1, sum11);
      FloatVector w2 = FloatVector.fromArray(FLOATS, panel, w2Offset + j);
      sum20 = w2.fma(x0, sum20);
      sum21 = w2.fma(x1, sum21);
      FloatVector w3 = FloatVector.fromArray(FLOATS, panel, w3Offset + j);
      sum30 = w3.fma(x0, sum30);
      sum31 = w3.fma(x1, sum31);
    }
    sum00.intoArray(lanes, 0 + group);
    sum01.intoArray(lanes, 16 + group);
    sum10.intoArray(lanes, 32 + group);
    sum11.intoArray(lanes, 48 + group);
    sum20.intoArray(lanes, 64 + group);
    sum21.intoArray(lanes, 80 + group);
    sum30.intoArray(lanes, 96 + group);
    sum31.intoArray(lanes, 112 + group);
  }

  /** 4 rows × 1 tokens. */
  static void multiply4x1(
      float[] panel,
      int panelOffset,
      int panelStride,
      float[] x,
      int xOffset,
      int xStride,
      int columns,
      int group,
      float[] lanes) {
    int w0Offset = panelOffset;
    int w1Offset = panelOffset + 1 * panelStride;
    int w2Offset = panelOffset + 2 * panelStride;
    int w3Offset = panelOffset + 3 * panelStride;
    int x0Offset = xOffset;
    FloatVector sum00 = FloatVector.zero(FLOATS);
    FloatVector sum10 = FloatVector.zero(FLOATS);
    FloatVector sum20 = FloatVector.zero(FLOATS);
    FloatVector sum30 = FloatVector.zero(FLOATS);
    for (int j = group; j < columns; j += 16) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, x0Offset + j);
      FloatVector w0 = FloatVector.fromArray(FLOATS, panel, w0Offset + j);
      sum00 = w0.fma(x0, sum00);
      FloatVector w1 = FloatVector.fromArray(FLOATS, panel, w1Offset + j);
      sum10 = w1.fma(x0, sum10);
      FloatVector w2 = FloatVector.fromArray(FLOATS, panel, w2Offset + j);
      sum20 = w2.fma(x0, sum20);
      FloatVector w3 = FloatVector.fromArray(FLOATS, panel, w3Offset + j);
      sum30 = w3.fma(x0, sum30);
    }
    sum00.intoArray(lanes, 0 + group);
    sum10.intoArray(lanes, 16 + group);
    sum20.intoArray(lanes, 32 + group);
    sum30.intoArray(lanes, 48 + group);
  }
}
