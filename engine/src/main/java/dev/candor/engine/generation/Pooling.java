package dev.candor.engine.generation;

/** Which hidden state stands for a whole text. */
public enum Pooling {
  /** That of its last token, which has seen all before it. */
  LAST_TOKEN,
  /** The mean over its tokens. */
  MEAN
}
