package dev.candor.training.layers;

/** Keys and values of a batch, and what is learnt about them on the way back. */
public final class KeysValues {
  final int width; // of the rows that hold them
  final int keysAt;
  final int valuesAt;
  float[] rows = {};
  float[] gradient = {};

  KeysValues(int width, int keysAt, int valuesAt) {
    this.width = width;
    this.keysAt = keysAt;
    this.valuesAt = valuesAt;
  }

  /**
   * Given ones.
   *
   * @param rows of each token its keys, then its values, [tokens, 2·nk·D]
   * @param gradient laid out likewise; cross layers add to it
   */
  public static KeysValues of(int keyValueWidth, float[] rows, float[] gradient) {
    KeysValues given = new KeysValues(2 * keyValueWidth, 0, keyValueWidth);
    given.rows = rows;
    given.gradient = gradient;
    return given;
  }
}
