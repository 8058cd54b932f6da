package dev.candor.engine.kernels;

/**
 * What every path of {@link Kernels} must fulfil. It speaks of nothing but JDK types: {@link
 * VectorWidth} loads the implementation, with the kernels, once for each width.
 */
public interface KernelProperties {

  /** Products with a matrix of this {@link BlockFormat}, in both layouts. */
  void multiplies(String format);

  /** Many rows give the same one strip or one token at a time, wherever a segment begins. */
  void worksAlikeInParts(String format);

  void dequantizes(String format);

  void roundsInputs();

  void sumsAndNorms();

  void elementWiseFunctions();

  void rotates();

  void attention();

  /** Every f16 there is, through both attention kernels. */
  void everyHalf();

  void storedRowsReadBack();

  void selectiveScan();

  /** A wrong call is refused before anything is written. */
  void operandsAreChecked();
}
