package dev.candor.engine.kernels;

/** Products with quantised matrices: the definition; see {@link Kernels#multiply}. */
final class ScalarStrips {

  private final BlockFields fields = new BlockFields();

  /** y[t, r] for rows in [fromRow, toRow). */
  void multiply(Matrix w, int fromRow, int toRow, Inputs in, float[] y, int yOffset, int yStride) {
    for (int row = fromRow; row < toRow; row++) {
      for (int t = 0; t < in.tokens(); t++) {
        y[yOffset + t * yStride + row] = 0;
      }
      int blocks = w.columns() / w.format().blockElements();
      for (int block = 0; block < blocks; block++) {
        w.read(fields, row, block);
        for (int token = 0; token < in.tokens(); ) {
          int tile = in.tile(token);
          for (int t = 0; t < tile; t++) {
            int at = yOffset + (token + t) * yStride + row;
            y[at] = addBlock(w.format(), block, in, in.tileAt(token), tile, t, y[at]);
          }
          token += tile;
        }
      }
    }
  }

  private float addBlock(
      BlockFormat format, int block, Inputs in, long at, int tile, int t, float sum) {
    StripFormat strip = StripFormat.of(format);
    int size = strip.group;
    for (int g = 0; g < format.blockElements() / size; g++) {
      int column = g * size;
      int inputBlock = block * (format.blockElements() / Inputs.BLOCK) + column / Inputs.BLOCK;
      int part = size == Inputs.BLOCK ? 0 : 1 + g % 2;
      int first = column % Inputs.BLOCK;
      int dot = 0;
      for (int j = 0; j < size; j++) {
        dot += fields.quant(column + j) * in.quant(at, tile, t, inputBlock, first + j);
      }
      sum = Math.fma((float) dot, fields.scale(g) * in.scale(at, tile, t, inputBlock), sum);
      if (strip.minimum != StripFormat.Minimum.NONE) {
        sum = Math.fma(-fields.minimum(g), in.scaledSum(at, tile, t, inputBlock, part), sum);
      }
    }
    return sum;
  }
}
