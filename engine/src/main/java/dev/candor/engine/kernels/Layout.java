package dev.candor.engine.kernels;

/** How the rows of a {@link Matrix} lie in memory. */
public enum Layout {
  /** One after the other, as GGUF and safetensors have them. */
  ROWS,
  /**
   * Sixteen together: quantised ones as a {@link StripFormat} says, plain floats column by column,
   * so that sixteen rows' elements of a column are neighbours. The last strip is filled up.
   */
  STRIPS
}
