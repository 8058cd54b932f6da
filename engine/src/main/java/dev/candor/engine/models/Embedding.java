package dev.candor.engine.models;

import dev.candor.engine.GenerationException;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Matrix;

/**
 * A row per token id.
 *
 * @param weight [vocabulary, width]; often also the weight of the output head
 */
public record Embedding(Matrix weight) {

  /** How many ids there are. */
  public int size() {
    return weight.rows();
  }

  /** Width of a row. */
  public int width() {
    return weight.columns();
  }

  /** Row t of out, [tokens, width], becomes that of the pass's token t. */
  void lookUp(Kernels kernels, PassTokens tokens, float[] out) {
    for (PassTokens.Run run : tokens.runs()) {
      int behind = run.from() + run.count();
      lookUp(kernels, run.ids(), run.from(), behind, out, run.first() * width(), width());
    }
  }

  /**
   * out[i − from] = weight[ids[i]] for i in [from, to), at outOffset with outStride.
   *
   * @throws GenerationException {@code generation.token-out-of-range} if an id has no row
   */
  public void lookUp(
      Kernels kernels, int[] ids, int from, int to, float[] out, int outOffset, int outStride) {
    for (int i = from; i < to; i++) {
      requireId(ids[i]);
      kernels.dequantize(weight, ids[i], out, outOffset + (i - from) * outStride);
    }
  }

  /** Throws {@code generation.token-out-of-range} unless all of ids[from … to) have a row. */
  public void requireIds(int[] ids, int from, int to) {
    for (int i = from; i < to; i++) {
      requireId(ids[i]);
    }
  }

  private void requireId(int id) {
    if (id < 0 || id >= size()) {
      throw new GenerationException(
          "token-out-of-range",
          "token id " + id + " is outside the vocabulary of " + size(),
          "Use the tokenizer that belongs to the model.");
    }
  }
}
