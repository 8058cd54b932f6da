package dev.candor.governance.explanation;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.ManyPrompts;
import dev.candor.engine.generation.PromptBeginning;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.governance.GovernanceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a model that chooses between texts thinks of other texts in the same prompt. Texts that are
 * asked about together share what their prompts begin with; each is read once. The question before
 * the text is read once in all.
 */
final class PromptScorer implements TextScorer, AutoCloseable {

  private final PromptText prompt;
  private final PromptBeginning question;
  private final ManyPrompts prompts;
  private final ExplanationProgress progress;
  private final Map<String, double[]> known = new HashMap<>();
  private long separateTokens;

  PromptScorer(
      LanguageModel language,
      SessionOptions options,
      List<String> labels,
      PromptText prompt,
      ExplanationProgress progress) {
    this.prompt = prompt;
    this.question = new PromptBeginning(language, options, prompt.beginning());
    this.prompts = ManyPrompts.thatBeginWith(question, labels);
    this.progress = progress;
  }

  @Override
  public List<double[]> logProbabilities(List<String> texts) {
    Set<String> unknown = new LinkedHashSet<>(texts);
    unknown.removeAll(known.keySet());
    List<int[]> asked = new ArrayList<>();
    for (String text : unknown) {
      int[] tokens = prompt.tokens(text);
      separateTokens += tokens.length;
      asked.add(tokens);
    }
    List<double[]> answers =
        prompts
            .probabilities(asked, (done, total) -> progress.at(asked.size(), done, total))
            .orElseThrow(PromptScorer::stopped);
    int at = 0;
    for (String text : unknown) {
      known.put(text, LogProbability.of(answers.get(at++)));
    }
    return texts.stream().map(text -> Objects.requireNonNull(known.get(text)).clone()).toList();
  }

  static GovernanceException stopped() {
    return new GovernanceException(
        "explanation-stopped",
        "the explanation was stopped; nothing of it is recorded",
        "Ask for it again.");
  }

  @Override
  public void close() {
    question.close();
  }

  /** What it took so far. */
  Cost cost() {
    return new Cost(known.size(), prompts.tokensRead(), separateTokens);
  }
}
