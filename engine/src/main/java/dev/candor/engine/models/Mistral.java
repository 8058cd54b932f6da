package dev.candor.engine.models;

import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Checkpoint.Convention;

/**
 * Mistral 7B (arXiv 2310.06825): {@link Llama} with a sliding window in every layer, so that what a
 * sequence needs does not grow beyond the window.
 */
final class Mistral {

  private Mistral() {}

  /** A checkpoint of {@code model_type} mistral. */
  static CausalModel load(Checkpoint checkpoint, Compute compute) {
    Hyperparameters h = new Hyperparameters(checkpoint.config());
    // In transformers an absent key has a default of its own, and null means what it says.
    int window = absent(checkpoint, "sliding_window") ? 4096 : Integer.MAX_VALUE;
    int keyValueHeads =
        absent(checkpoint, "num_key_value_heads") && h.heads() % 8 == 0 ? 8 : h.heads();
    return Llama.load(
        checkpoint, compute, h, h.keyValueHeads(keyValueHeads), h.slidingWindow(window));
  }

  private static boolean absent(Checkpoint checkpoint, String key) {
    return checkpoint.convention() == Convention.HUGGING_FACE
        && !checkpoint.config().members().containsKey(key);
  }
}
