package dev.candor.governance.explanation;

import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.SessionOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a head thinks of other texts. Each is read for itself: a head reads hidden states of a whole
 * text. Of nothing there is no hidden state; there it reads the placeholder.
 */
final class HeadScorer implements TextScorer {

  private final LanguageModel language;
  private final SoftmaxHead head;
  private final SessionOptions options;
  private final ExplanationProgress progress;
  private final Map<String, double[]> known = new HashMap<>();
  private long tokens;

  HeadScorer(
      LanguageModel language,
      SoftmaxHead head,
      SessionOptions options,
      ExplanationProgress progress) {
    this.language = language;
    this.head = head;
    this.options = options;
    this.progress = progress;
  }

  @Override
  public List<double[]> logProbabilities(List<String> texts) {
    int done = 0;
    for (String text : texts) {
      if (!known.containsKey(text)) {
        if (!progress.at(texts.size(), done, texts.size())) {
          throw PromptScorer.stopped();
        }
        String read = text.isBlank() ? SpanText.PLACEHOLDER : text;
        known.put(text, LogProbability.of(head.probabilities(language, read, options)));
        tokens += language.tokenizer().encode(read, false, false).length;
      }
      done++;
    }
    return texts.stream().map(text -> Objects.requireNonNull(known.get(text)).clone()).toList();
  }

  /** What it took so far. */
  Cost cost() {
    return new Cost(known.size(), tokens, tokens);
  }
}
