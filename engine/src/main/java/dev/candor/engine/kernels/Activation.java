package dev.candor.engine.kernels;

/** Element-wise non-linearities. */
public enum Activation {
  /** x · sigmoid(x). */
  SILU,
  /** 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))). */
  GELU_TANH,
  /** 0.5·x·(1 + erf(x/√2)). */
  GELU_ERF,
  /** max(x, 0). */
  RELU,
  TANH
}
