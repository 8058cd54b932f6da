package dev.candor.server.console;

import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.governance.access.Principal;
import dev.candor.governance.decisions.ContextSource;
import dev.candor.governance.decisions.DecisionRequest;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.server.HttpProblem;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.answers.LabelWords;
import dev.candor.server.answers.tools.ToolChoice;
import dev.candor.server.batching.DecisionRuns;
import dev.candor.server.models.ServedModel;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What somebody asks on the page for trying.
 *
 * @param model as it is offered
 * @param text the question, or what is to be classified
 * @param labels to choose from; none for an answer in words
 * @param purpose what for
 * @param subject whose data it is about
 * @param thinks whether a model that can think does so first
 * @param temperature 0 for always the most likely token; empty as the model's authors advise
 * @param maximumTokens most tokens of an answer
 */
record TryQuestion(
    String model,
    String text,
    List<String> labels,
    String purpose,
    Optional<String> subject,
    boolean thinks,
    Optional<Float> temperature,
    int maximumTokens) {

  private static final int MOST_TOKENS = 100_000;
  private static final int USUAL_TOKENS = 512;

  TryQuestion {
    labels = List.copyOf(labels);
  }

  /**
   * Reads a form.
   *
   * @throws HttpProblem 400, naming the field
   */
  static TryQuestion read(FormFields form) {
    boolean classifies = form.text("task").orElse("answer").equals("classify");
    List<String> labels = classifies ? labels(form.required("labels")) : List.of();
    Optional<Float> temperature =
        form.text("temperature").isEmpty()
            ? Optional.empty()
            : Optional.of((float) form.number("temperature", 0, 0, 2));
    return new TryQuestion(
        form.required("model"),
        form.required("text"),
        labels,
        form.text("purpose").orElse("assistance"),
        form.text("subject"),
        form.isTicked("thinks"),
        temperature,
        (int) form.number("tokens", USUAL_TOKENS, 1, MOST_TOKENS));
  }

  private static List<String> labels(String text) {
    List<String> labels =
        Arrays.stream(text.split("[,\n]")).map(String::strip).filter(it -> !it.isEmpty()).toList();
    if (labels.size() < 2
        || labels.size() > LabelWords.MOST_LABELS
        || new HashSet<>(labels).size() < labels.size()) {
      throw HttpProblem.ofField(
          "labels",
          "invalid_value",
          "Name 2 to " + LabelWords.MOST_LABELS + " different labels, with commas between.");
    }
    return labels;
  }

  /** Whether one of the labels is chosen. */
  boolean classifies() {
    return !labels.isEmpty();
  }

  /** What the model is to read. */
  AnswerPlan plan(ServedModel model) {
    String words = classifies() ? LabelWords.of(labels, Optional.empty(), text) : text;
    if (model.chat().isEmpty()) {
      String prompt = classifies() ? words + "\n\nAnswer: " : words;
      return AnswerPlan.ofText(
          model, model.language().tokenizer().encode(prompt, true, false), Optional.empty());
    }
    return AnswerPlan.ofChat(
        model,
        List.of(ChatMessage.of("user", words)),
        ToolChoice.NONE,
        Optional.empty(),
        thinks && !classifies());
  }

  /** What is to be decided. */
  DecisionRuns.Run run(Principal principal, AnswerPlan plan) {
    ServedModel model = plan.model();
    int most =
        classifies()
            ? longestLabel(plan)
            : Math.min(maximumTokens, plan.maximumTokens(OptionalInt.empty()));
    int tokens = plan.prompt().size() + most;
    // An explanation puts other words into the text, in a session of the same size.
    int room = classifies() ? 2 * tokens : tokens;
    SessionOptions session = model.session(Math.min(model.contextTokens(), room));
    DecisionTask task =
        classifies()
            ? new DecisionTask.Choose(plan.prompt(), session, labels, Optional.empty())
            : new DecisionTask.Generate(
                plan.prompt(), session, generation(model, most), Optional.empty());
    DecisionRequest request =
        new DecisionRequest(
            principal, purpose, subject, Optional.empty(), model.identity(), text, task);
    return new DecisionRuns.Run(request, ContextSource.anew(model.language(), session));
  }

  private int longestLabel(AnswerPlan plan) {
    int longest =
        labels.stream()
            .mapToInt(
                label -> plan.model().language().tokenizer().encode(label, false, false).length)
            .max()
            .orElse(0);
    return plan.maximumTokens(OptionalInt.of(longest + 8));
  }

  private GenerationRequest generation(ServedModel model, int most) {
    SamplingOptions advised = model.language().defaultSampling();
    float heat = temperature.orElse(advised.temperature());
    SamplingOptions sampling =
        new SamplingOptions(
            heat,
            advised.topK(),
            advised.topP(),
            advised.minP(),
            advised.repetitionPenalty(),
            0,
            0,
            Map.of(),
            heat == 0 ? 0 : new SecureRandom().nextLong());
    return new GenerationRequest(sampling, most, List.of(), false, -1);
  }
}
