package dev.candor.engine.generation;

/**
 * Whether tokens that the context suggests are verified several at a time. The answer has the same
 * bits whatever is chosen here: a token is what the model says it is, only the way to it is
 * shorter.
 */
public enum Speculation {
  /** Token by token. */
  OFF,
  /** Where it has been paying. */
  AUTO,
  /** Wherever the context suggests something. */
  ALWAYS
}
