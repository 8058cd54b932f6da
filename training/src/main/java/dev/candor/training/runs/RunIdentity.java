package dev.candor.training.runs;

import java.util.Map;

/** What decides the weights of a run: its recipe, and what that only names. */
public interface RunIdentity {

  /** All that has decided the weights by the time so many tokens were seen, as text by its key. */
  Map<String, String> used(long seen);

  /** SHA-256 of all that the recipe decides. */
  String recipeDigest();
}
