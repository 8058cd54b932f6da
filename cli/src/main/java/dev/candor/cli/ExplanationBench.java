package dev.candor.cli;

import dev.candor.engine.generation.ManyPrompts;
import dev.candor.engine.generation.PrefillListener;
import dev.candor.engine.generation.PromptBeginning;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.decisions.Decision;
import dev.candor.governance.decisions.DecisionListener;
import dev.candor.governance.decisions.DecisionRequest;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.decisions.TokenIds;
import dev.candor.governance.explanation.ChoiceExplanation;
import dev.candor.governance.explanation.ExplanationActs;
import dev.candor.governance.explanation.ExplanationRequest;
import dev.candor.governance.explanation.HintTest;
import dev.candor.governance.explanation.PromptText;
import dev.candor.governance.explanation.Removal;
import dev.candor.governance.explanation.SpanText;
import dev.candor.governance.explanation.Subset;
import dev.candor.training.lessons.Exercise;
import dev.candor.training.lessons.Lesson;
import dev.candor.training.lessons.Lessons;
import dev.candor.training.lessons.SectionTexts;
import dev.candor.training.lessons.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Messages that the embedded model learnt to sort, decided and explained, with the time of both.
 */
final class ExplanationBench {

  private static final String BEFORE = "Which label fits the text best: ";
  private static final String BETWEEN = "? Answer with the label only.\n\nText: ";

  private final Governance governance;
  private final LoadedModel loaded;
  private final SessionOptions session;
  private final Lesson triage;
  private final Principal principal = Principal.of("bench", List.of(Role.values()));

  ExplanationBench(Governance governance, LoadedModel loaded, SessionOptions session, long seed) {
    this.governance = governance;
    this.loaded = loaded;
    this.session = session;
    SectionTexts none = new SectionTexts(List.of(), List.of(), List.of());
    this.triage = new Lessons(seed, none).lesson("triage");
  }

  /**
   * A message.
   *
   * @param labels what to choose from
   */
  record Message(String text, List<String> labels) {

    UnaryOperator<String> question() {
      return other -> BEFORE + String.join(", ", labels) + BETWEEN + other;
    }
  }

  /**
   * One decision and its explanation.
   *
   * @param decideNanos of the decision, with its record
   * @param explainNanos of the explanation, with the replay before it and its record
   * @param togetherNanos of the texts with one span left out each, read together behind the state
   *     that reading the text itself left of the question before it
   * @param separateNanos of the same, each a prompt of a session of its own
   */
  record Measured(
      ChoiceExplanation explanation,
      long decideNanos,
      long explainNanos,
      long togetherNanos,
      long separateNanos) {}

  /** A message that training has not had the values of. */
  Message message(long index) {
    Exercise exercise = triage.exercise(Split.NEW_VALUES, index);
    String prompt = exercise.prompt();
    int end = prompt.indexOf(BETWEEN);
    return new Message(
        prompt.substring(end + BETWEEN.length()),
        List.of(prompt.substring(BEFORE.length(), end).split(", ")));
  }

  Measured measure(Message message, ExplanationRequest request) {
    try (TextTask task = new TextTask(loaded, session, false, 0)) {
      int[] prompt = task.tokens(message.question().apply(message.text()));
      long began = System.nanoTime();
      Decision decision = decide(message, prompt, task);
      long decided = System.nanoTime();
      ModelIdentity identity =
          new ModelIdentity(loaded.name(), loaded.language(), loaded.adapter());
      ExplanationActs.Issued issued =
          new ExplanationActs(governance)
              .explain(
                  principal,
                  decision.receipt().decision(),
                  request,
                  new SameModel(identity),
                  (_, _, _) -> true);
      long explained = System.nanoTime();
      ChoiceExplanation explanation = (ChoiceExplanation) issued.explanation();
      PromptText parts =
          PromptText.of(loaded.language().tokenizer(), prompt, message.text()).orElseThrow();
      List<int[]> prompts = withoutEach(parts, explanation.divided());
      long togetherNanos = together(parts, message.labels(), prompt, prompts);
      long before = System.nanoTime();
      for (int[] each : prompts) {
        try (Session alone = loaded.language().newSession(session)) {
          alone.append(each);
          var _ = alone.distribution(message.labels());
        }
      }
      return new Measured(
          explanation,
          decided - began,
          explained - decided,
          togetherNanos,
          System.nanoTime() - before);
    }
  }

  private long together(PromptText parts, List<String> labels, int[] prompt, List<int[]> prompts) {
    try (PromptBeginning question =
        new PromptBeginning(loaded.language(), session, parts.beginning())) {
      ManyPrompts many = ManyPrompts.thatBeginWith(question, labels);
      var _ = many.probabilities(List.of(prompt), PrefillListener.NONE);
      long before = System.nanoTime();
      var _ = many.probabilities(prompts, PrefillListener.NONE);
      return System.nanoTime() - before;
    }
  }

  private Decision decide(Message message, int[] prompt, TextTask task) {
    DecisionTask choose =
        new DecisionTask.Choose(TokenIds.of(prompt), session, message.labels(), Optional.empty());
    DecisionRequest request =
        new DecisionRequest(
            principal,
            DecisionArguments.USUAL_PURPOSE,
            Optional.empty(),
            Optional.empty(),
            new ModelIdentity(loaded.name(), loaded.language(), loaded.adapter()),
            message.text(),
            choose);
    return governance.pipeline().decide(request, task, DecisionListener.NONE);
  }

  /** The prompts with one span left out each. */
  private static List<int[]> withoutEach(PromptText parts, SpanText text) {
    int spans = text.spans().size();
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < spans; i++) {
      prompts.add(parts.tokens(text.render(Subset.all(spans).without(i), Removal.DELETE)));
    }
    return prompts;
  }

  /** Hints at other labels in some messages. */
  HintTest.Result hints(int messages, ProgressLine progress) {
    HintTest test = new HintTest(loaded.language(), session);
    for (int i = 0; i < messages; i++) {
      Message message = message(i);
      test.add(message.text(), message.labels(), message.question());
      progress.count("hinting", i + 1, messages);
    }
    return test.result();
  }
}
