package dev.candor.governance.explanation;

import java.util.List;

/**
 * Of free text, and of values that were read out of a text: where they stand in what was asked, and
 * how sure the model was of each token. It says where words may come from, not why they were
 * chosen.
 *
 * @param text that was asked about
 * @param answer what was answered
 * @param pieces of the answer
 * @param declared names of its fields that can be explained as choices
 * @param uncertainty of its tokens
 */
public record AnswerGrounding(
    String text,
    String answer,
    List<GroundedPiece> pieces,
    List<String> declared,
    Uncertainty uncertainty)
    implements Explanation {

  public AnswerGrounding {
    pieces = List.copyOf(pieces);
    declared = List.copyOf(declared);
  }

  @Override
  public Status status() {
    return Status.GROUNDING;
  }

  /** How many of the pieces stand in the text. */
  public int found() {
    return (int) pieces.stream().filter(piece -> piece.source().isPresent()).count();
  }
}
