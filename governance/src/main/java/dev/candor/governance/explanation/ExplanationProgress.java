package dev.candor.governance.explanation;

/** Sees how far an explanation is, and may stop it. */
@FunctionalInterface
public interface ExplanationProgress {

  /** Sees nothing and stops nothing. */
  ExplanationProgress NONE = (texts, done, total) -> true;

  /**
   * The model is asked about some texts together; there are several such rounds.
   *
   * @param texts of this round
   * @param done how much of it has been read
   * @param total all of it
   * @return whether to go on
   */
  boolean at(int texts, long done, long total);
}
