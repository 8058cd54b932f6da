package dev.candor.engine.weights;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.StripFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Numbers of tensor types in GGUF files: ggml's {@code ggml_type}, and for matrices in strips ours,
 * which are ggml's number of the format with {@value #STRIPS} ("CS" in the upper half) added. ggml
 * counts from 0 and is below 100 after years, so that the two do not meet; a reader that does not
 * know ours refuses the file instead of misreading it.
 */
final class GgufTensorType {

  /** What is added to the number of a format whose rows lie in strips. */
  static final int STRIPS = 0x4353_0000;

  private static final int LOWER_HALF = 0xffff;

  private static final Map<Integer, BlockFormat> FORMATS =
      Map.ofEntries(
          Map.entry(0, BlockFormat.F32),
          Map.entry(1, BlockFormat.F16),
          Map.entry(2, BlockFormat.Q4_0),
          Map.entry(3, BlockFormat.Q4_1),
          Map.entry(6, BlockFormat.Q5_0),
          Map.entry(7, BlockFormat.Q5_1),
          Map.entry(8, BlockFormat.Q8_0),
          Map.entry(10, BlockFormat.Q2_K),
          Map.entry(11, BlockFormat.Q3_K),
          Map.entry(12, BlockFormat.Q4_K),
          Map.entry(13, BlockFormat.Q5_K),
          Map.entry(14, BlockFormat.Q6_K),
          Map.entry(20, BlockFormat.IQ4_NL),
          Map.entry(30, BlockFormat.BF16),
          Map.entry(39, BlockFormat.MXFP4));

  /** Types that exist and no kernel computes with. */
  private static final Map<Integer, String> UNSUPPORTED =
      Map.ofEntries(
          Map.entry(4, "Q4_2"),
          Map.entry(5, "Q4_3"),
          Map.entry(9, "Q8_1"),
          Map.entry(15, "Q8_K"),
          Map.entry(16, "IQ2_XXS"),
          Map.entry(17, "IQ2_XS"),
          Map.entry(18, "IQ3_XXS"),
          Map.entry(19, "IQ1_S"),
          Map.entry(21, "IQ3_S"),
          Map.entry(22, "IQ2_S"),
          Map.entry(23, "IQ4_XS"),
          Map.entry(24, "I8"),
          Map.entry(25, "I16"),
          Map.entry(26, "I32"),
          Map.entry(27, "I64"),
          Map.entry(28, "F64"),
          Map.entry(29, "IQ1_M"),
          Map.entry(34, "TQ1_0"),
          Map.entry(35, "TQ2_0"),
          Map.entry(40, "NVFP4"),
          Map.entry(41, "Q1_0"));

  private GgufTensorType() {}

  static Optional<BlockFormat> format(int number) {
    if (layout(number) == Layout.STRIPS) {
      return Optional.ofNullable(FORMATS.get(number & LOWER_HALF)).filter(StripFormat::knows);
    }
    return Optional.ofNullable(FORMATS.get(number));
  }

  static Layout layout(int number) {
    return (number & ~LOWER_HALF) == STRIPS ? Layout.STRIPS : Layout.ROWS;
  }

  /** The number of a format; in strips, of a quantised one. */
  static int number(BlockFormat format, Layout layout) {
    for (Map.Entry<Integer, BlockFormat> entry : FORMATS.entrySet()) {
      if (entry.getValue() == format) {
        return layout == Layout.STRIPS ? STRIPS + entry.getKey() : entry.getKey();
      }
    }
    throw new AssertionError(format + " has no number");
  }

  /** The type as ggml calls it, if it is known to exist. */
  static Optional<String> unsupportedName(int number) {
    return Optional.ofNullable(UNSUPPORTED.get(number));
  }
}
