package dev.candor.statistics.tests;

/** What is there if not nothing. */
public enum Alternative {
  /** A difference either way. */
  TWO_SIDED,
  /** The first is less. */
  LESS,
  /** The first is greater. */
  GREATER
}
