package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.KeyValueCache;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import java.util.List;

/** Reads a text for its hidden states alone; see {@link LanguageModel#hiddenState}. */
final class HiddenStates {

  private HiddenStates() {}

  static float[] read(CausalModel model, SequenceState state, int[] tokens, Pooling pooling) {
    if (tokens.length == 0) {
      throw new GenerationException(
          "context-empty", "the text has no token", "Give a text of at least one token.");
    }
    return switch (pooling) {
      case LAST_TOKEN -> last(model, state, tokens);
      case MEAN -> mean(model, state, tokens);
    };
  }

  private static float[] last(CausalModel model, SequenceState state, int[] tokens) {
    float[] hidden = new float[model.hiddenSize()];
    TokenSpan all = new TokenSpan(state, tokens, 0, tokens.length, LogitsRequest.LAST);
    model.hiddenStates(List.of(all), hidden);
    return hidden;
  }

  /** Sums in float64, tokens ascending: chunks make no difference. */
  private static float[] mean(CausalModel model, SequenceState state, int[] tokens) {
    int width = model.hiddenSize();
    double[] sums = new double[width];
    float[] rows = new float[Math.min(KeyValueCache.CHUNK, tokens.length) * width];
    for (int from = 0; from < tokens.length; from += KeyValueCache.CHUNK) {
      int to = Math.min(from + KeyValueCache.CHUNK, tokens.length);
      TokenSpan chunk = new TokenSpan(state, tokens, from, to, LogitsRequest.ALL);
      model.hiddenStates(List.of(chunk), rows);
      for (int i = 0; i < (to - from) * width; i++) {
        sums[i % width] += rows[i];
      }
    }
    float[] mean = new float[width];
    for (int j = 0; j < width; j++) {
      mean[j] = (float) (sums[j] / tokens.length);
    }
    return mean;
  }
}
