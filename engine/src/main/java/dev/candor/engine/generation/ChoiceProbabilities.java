package dev.candor.engine.generation;

import java.util.List;
import java.util.function.Function;

/**
 * The probability of each of some texts as the whole answer, given that it is one of them: at each
 * place of their {@link ChoiceTrie} the model's probabilities are shared out among the ways on.
 */
final class ChoiceProbabilities {

  private final LanguageModel language;
  private final Function<int[], float[]> logitsBehind;

  /**
   * @param logitsBehind gives, for a continuation, the logits behind each of its tokens, [tokens,
   *     vocabulary]
   */
  ChoiceProbabilities(LanguageModel language, Function<int[], float[]> logitsBehind) {
    this.language = language;
    this.logitsBehind = logitsBehind;
  }

  /**
   * @param logits of the token behind the prompt, [vocabulary]
   */
  double[] of(List<String> choices, float[] logits) {
    ChoiceTrie trie = new ChoiceTrie(language, choices);
    int vocabulary = logits.length;
    return trie.probabilities(place -> {
      if (place == 0) {
        return trie.weights(0, logits, 0, vocabulary);
      }
      float[] behind = logitsBehind.apply(trie.path(place));
      return trie.weights(place, behind, behind.length - vocabulary, vocabulary);
    });
  }
}
