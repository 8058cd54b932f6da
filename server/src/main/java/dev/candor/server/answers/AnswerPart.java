package dev.candor.server.answers;

/** A part of an answer, as it comes. */
public sealed interface AnswerPart {

  /** A piece of what the model says to itself. */
  record Thought(String text) implements AnswerPart {}

  /** A piece of what it says. */
  record Text(String text) implements AnswerPart {}

  /**
   * It calls a tool.
   *
   * @param index which of the answer's calls it is, from 0
   * @param name of the function
   */
  record CallBegun(int index, String name) implements AnswerPart {}

  /** A piece of a call's arguments, which are a text of JSON in the end. */
  record CallArguments(int index, String text) implements AnswerPart {}
}
