package dev.candor.engine.models;

/** For which of the given tokens logits are wanted. What is not wanted is not computed. */
public enum LogitsRequest {
  NONE,
  LAST,
  ALL
}
