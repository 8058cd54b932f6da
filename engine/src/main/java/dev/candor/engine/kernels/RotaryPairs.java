package dev.candor.engine.kernels;

/** Which of a head's 2n turned elements form pair i of a rotary position embedding. */
public enum RotaryPairs {
  /** i and i + n: the layout of transformers. */
  HALVES,
  /** 2i and 2i + 1: the layout of the paper, and of Llama's and Mistral's weights in GGUF. */
  NEIGHBOURS
}
