package dev.candor.engine.weights;

import dev.candor.engine.kernels.BlockFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which format a tensor gets in a file of a target format. Vectors and what is small and sensitive
 * stay F32; matrices get the target, unless their rows do not fill its blocks.
 *
 * @param format what it is stored as
 * @param deviation why that is not what was asked, or empty if it is
 */
record FormatChoice(BlockFormat format, String deviation) {

  /** What a conversion may be asked for. */
  static final Set<BlockFormat> TARGETS =
      Set.of(
          BlockFormat.F32,
          BlockFormat.F16,
          BlockFormat.BF16,
          BlockFormat.Q4_0,
          BlockFormat.Q4_1,
          BlockFormat.Q5_0,
          BlockFormat.Q5_1,
          BlockFormat.Q8_0,
          BlockFormat.Q4_K,
          BlockFormat.Q6_K);

  /**
   * By GGUF name: convolutions and recurrences (their errors accumulate over tokens), λ vectors,
   * position and type embeddings (few rows, all of them used), and the outputs of a classifier.
   */
  private static final Pattern ALWAYS_F32 =
      Pattern.compile(
          "blk\\.\\d+\\.(ssm_conv1d|ssm_a_log|ssm_d|attn_lambda_[qk][12])(\\.weight)?"
              + "|(position_embd|token_types|cls\\.output)\\.weight");

  /**
   * The step size Δ of a Mamba layer goes through an exponential at every token, and both matrices
   * that make it are small: a fifth of a percent of the model.
   */
  private static final Pattern STEP_SIZE = Pattern.compile("blk\\.\\d+\\.(ssm_x|ssm_dt)\\.weight");

  private static final Set<BlockFormat> COARSE =
      Set.of(
          BlockFormat.Q4_0, BlockFormat.Q4_1, BlockFormat.Q4_K, BlockFormat.Q5_0, BlockFormat.Q5_1);

  static FormatChoice of(String ggufName, List<Integer> shape, BlockFormat target) {
    if (shape.size() < 2 || ALWAYS_F32.matcher(ggufName).matches()) {
      return new FormatChoice(BlockFormat.F32, "");
    }
    boolean stepSize = STEP_SIZE.matcher(ggufName).matches() && COARSE.contains(target);
    BlockFormat wanted = stepSize ? BlockFormat.Q8_0 : target;
    int columns = shape.getLast();
    BlockFormat format = wanted;
    while (columns % format.blockElements() != 0) {
      format = next(format);
    }
    if (format != wanted) {
      return new FormatChoice(
          format,
          "rows of "
              + columns
              + " do not fill blocks of "
              + wanted.blockElements()
              + " ("
              + wanted
              + ")");
    }
    return new FormatChoice(format, stepSize ? "it sets the step size of a recurrence" : "");
  }

  /** The nearest format of at least the same precision with smaller blocks. */
  private static BlockFormat next(BlockFormat format) {
    return switch (format) {
      case Q4_K -> BlockFormat.Q5_0;
      case Q6_K -> BlockFormat.Q8_0;
      default -> BlockFormat.F16;
    };
  }
}
