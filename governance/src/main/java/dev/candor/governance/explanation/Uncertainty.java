package dev.candor.governance.explanation;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * How sure a model was of the tokens of an answer: of its own probabilities at temperature 1,
 * before any constraint. A model can be sure and wrong.
 *
 * @param tokens how many there are
 * @param meanLogProbability mean of ln p of the tokens; 0 is certainty
 * @param meanEntropy mean of −Σ p ln p over the vocabulary before each, in nats
 * @param leastSure those with the lowest probability, the lowest first
 */
public record Uncertainty(
    int tokens, double meanLogProbability, double meanEntropy, List<Token> leastSure) {

  private static final int MOST_TOLD = 5;
  private static final int STEP = 32;

  /**
   * A token.
   *
   * @param text that it stands for
   * @param probability that the model gave it
   * @param entropy of all that could have stood there, in nats
   */
  public record Token(String text, double probability, double entropy) {}

  public Uncertainty {
    leastSure = List.copyOf(leastSure);
  }

  /**
   * Reads an answer again behind its prompt.
   *
   * @param prompt 1 or more
   * @param answer tokens that were generated, thoughts included
   */
  static Uncertainty of(
      LanguageModel language, SessionOptions options, int[] prompt, int[] answer) {
    CausalModel model = language.model();
    int vocabulary = model.vocabularySize();
    int[] all = Arrays.copyOf(prompt, prompt.length + answer.length);
    System.arraycopy(answer, 0, all, prompt.length, answer.length);
    List<Token> tokens = new ArrayList<>();
    float[] logits = new float[STEP * vocabulary];
    try (SequenceState state =
        model.newState(all.length, options.cacheFormat(), options.adapter())) {
      int at = prompt.length - 1;
      if (at > 0) {
        model.forward(state, all, 0, at, LogitsRequest.NONE, logits, Trace.NONE);
      }
      while (at < all.length - 1) {
        int to = Math.min(at + STEP, all.length - 1);
        model.forward(state, all, at, to, LogitsRequest.ALL, logits, Trace.NONE);
        for (int i = at; i < to; i++) {
          tokens.add(token(language, logits, (i - at) * vocabulary, all[i + 1]));
        }
        at = to;
      }
    }
    return new Uncertainty(
        tokens.size(),
        tokens.stream().mapToDouble(it -> StrictMath.log(it.probability())).average().orElse(0),
        tokens.stream().mapToDouble(Token::entropy).average().orElse(0),
        tokens.stream()
            .sorted(Comparator.comparingDouble(Token::probability))
            .limit(MOST_TOLD)
            .toList());
  }

  private static Token token(LanguageModel language, float[] logits, int row, int id) {
    int vocabulary = language.model().vocabularySize();
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < vocabulary; i++) {
      largest = Math.max(largest, logits[row + i]);
    }
    double sum = 0;
    double weighted = 0;
    for (int i = 0; i < vocabulary; i++) {
      double x = logits[row + i] - largest;
      double e = StrictMath.exp(x);
      sum += e;
      weighted += e * x;
    }
    double logSum = StrictMath.log(sum);
    double probability =
        Math.max(Double.MIN_NORMAL, StrictMath.exp(logits[row + id] - largest - logSum));
    String text = language.isEnd(id) ? "" : language.tokenizer().decode(new int[] {id}, true);
    return new Token(text, probability, logSum - weighted / sum);
  }
}
