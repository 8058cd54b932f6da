package dev.candor.engine.models;

/**
 * What an encoder makes of a text.
 *
 * @param hidden last hidden states, [tokens, width]
 * @param pooled [width], made of the first token's hidden state; empty if the checkpoint has no
 *     pooler
 * @param logits a logit per class, empty if the checkpoint has no classifier
 */
public record Encoding(float[] hidden, float[] pooled, float[] logits) {

  /** The most likely class (the lowest of equals), or −1 without a classifier. */
  public int label() {
    int best = -1;
    for (int i = 0; i < logits.length; i++) {
      if (best < 0 || logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** The mean of the hidden states of all tokens that are not padding, [width]. */
  public float[] mean(EncoderInput input) {
    int width = hidden.length / input.tokens();
    float[] mean = new float[width];
    int attended = 0;
    for (int t = 0; t < input.tokens(); t++) {
      if (input.attended()[t]) {
        attended++;
        for (int j = 0; j < width; j++) {
          mean[j] += hidden[t * width + j];
        }
      }
    }
    for (int j = 0; j < width; j++) {
      mean[j] /= attended;
    }
    return mean;
  }
}
