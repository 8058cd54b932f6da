package dev.candor.training.layers;

/**
 * Heads and what they may see.
 *
 * @param heads nq
 * @param keyValueHeads nk
 * @param headSize D
 * @param window most keys of a query, its own included
 * @param cross whether keys and values are another layer's
 */
public record DifferentialAttentionShape(
    int heads, int keyValueHeads, int headSize, int window, boolean cross) {

  int queryWidth() {
    return heads * headSize;
  }

  int keyValueWidth() {
    return keyValueHeads * headSize;
  }

  int projectedWidth() {
    return queryWidth() + (cross ? 0 : 2 * keyValueWidth());
  }
}
