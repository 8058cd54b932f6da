package dev.candor.engine.models;

/** What becomes of the hidden states of the wanted tokens of a call. */
sealed interface HiddenRows {

  /** Nothing: no token is wanted. */
  HiddenRows NONE = new Copy(new float[0], 1);

  /**
   * Takes the next ones.
   *
   * @param states [count, width], the output of the final norm
   * @param row how many came before
   */
  void take(float[] states, int count, int row);

  /**
   * Makes logits of them.
   *
   * @param logits out, [wanted tokens, vocabulary]
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, and lives for one call
  record Logits(Compute compute, LanguageHead head, float[] logits) implements HiddenRows {
    @Override
    public void take(float[] states, int count, int row) {
      int width = head.projection().inputs();
      head.apply(compute, states, 0, width, count, logits, row * head.vocabularySize());
    }
  }

  /**
   * Gives them as they are.
   *
   * @param hidden out, [wanted tokens, width]
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, and lives for one call
  record Copy(float[] hidden, int width) implements HiddenRows {
    @Override
    public void take(float[] states, int count, int row) {
      System.arraycopy(states, 0, hidden, row * width, count * width);
    }
  }
}
