package dev.candor.governance.decisions;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.PrefillListener;

/**
 * Sees an answer while it comes. No token is told before the beginning of the decision is durable.
 */
public interface DecisionListener extends GenerationListener, PrefillListener {

  /** Is told nothing until the decision has ended. */
  DecisionListener NONE =
      new DecisionListener() {
        @Override
        public boolean onToken(GeneratedToken token) {
          return true;
        }

        @Override
        public boolean onProgress(int done, int total) {
          return true;
        }
      };

  /**
   * The decision was admitted.
   *
   * @param id by which it may be stopped
   */
  default void onAdmitted(String id) {}

  /**
   * The vector of a text, if that was the task.
   *
   * @param vector as long as the model's hidden state is wide; the listener's own
   */
  default void onVector(float[] vector) {}

  /** Asked where no token comes, before and after a choice: whether to go on. */
  default boolean mayGoOn() {
    return true;
  }

  /**
   * The model thinks; thoughts are not told.
   *
   * @return whether to go on
   */
  default boolean onThought(GeneratedToken token) {
    return true;
  }
}
