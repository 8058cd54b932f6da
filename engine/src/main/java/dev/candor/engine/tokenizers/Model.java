package dev.candor.engine.tokenizers;

/** The last step of encoding: from a piece of text to ids. Immutable. */
interface Model {

  /** Adds the ids of chars [start, end) of the text to the workspace. */
  void tokenize(String text, int start, int end, Workspace workspace);
}
