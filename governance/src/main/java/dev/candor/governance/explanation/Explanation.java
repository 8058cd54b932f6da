package dev.candor.governance.explanation;

/** What can be said about why a model answered as it did. */
public sealed interface Explanation permits ChoiceExplanation, AnswerGrounding {

  /** What became of it. */
  Status status();

  /** The text that was asked about. */
  String text();
}
