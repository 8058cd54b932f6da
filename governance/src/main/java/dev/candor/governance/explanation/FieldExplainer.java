package dev.candor.governance.explanation;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.generation.Session;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.decisions.DecisionOutput;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.Replay;
import dev.candor.governance.decisions.TokenIds;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Explains a value of a structured answer as a choice between those that its schema allows. What
 * the answer says before it is held as it was: asked is what the model would write next, had the
 * text been another.
 */
final class FieldExplainer {

  private final Replay.Made made;
  private final DecisionTask.Generate task;
  private final List<DeclaredField> fields;

  FieldExplainer(Replay.Made made, DecisionTask.Generate task) {
    this.made = made;
    this.task = task;
    this.fields = fields(task, made.output());
  }

  /**
   * A place in an answer at which the model goes on in one of several ways.
   *
   * @param before tokens of the answer before it
   * @param ways what may follow: what the first token has in common with what stands before the
   *     place, the rest of a value, and the character behind it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Place(int[] before, List<String> ways) {}

  /** Values of the answer that can be explained. */
  List<DeclaredField> fields() {
    return fields;
  }

  private static List<DeclaredField> fields(DecisionTask.Generate task, DecisionOutput output) {
    return task.request()
        .constraint()
        .map(Constraint::source)
        .map(source -> DeclaredField.of(source, output.text()))
        .orElse(List.of());
  }

  /**
   * The one that is asked for by its name or its JSON pointer.
   *
   * @throws GovernanceException {@code governance.explanation-field}
   */
  DeclaredField field(String name) {
    return fields.stream()
        .filter(it -> it.name().equals(name) || it.name().equals("/" + name))
        .findFirst()
        .orElseThrow(() ->
            new GovernanceException(
                "explanation-field",
                "the answer has no field '"
                    + PlainText.shown(name)
                    + "' that was chosen from values of its schema",
                fields.isEmpty()
                    ? "Leave --field out: other answers are explained by where their words stand."
                    : "Name one of these: "
                        + String.join(", ", fields.stream().map(DeclaredField::name).toList())
                        + "."));
  }

  /**
   * Why the field has its value.
   *
   * @throws GovernanceException {@code governance.explanation-field} if the model thought aloud
   *     first, if the answer's tokens are not those of its text, or if a less probable value was
   *     drawn
   */
  ChoiceExplanation explain(
      DeclaredField field, ExplanationRequest request, ExplanationProgress progress) {
    if (task.thinking().isPresent() || made.output().thoughts() > 0) {
      throw impossible(field, "the model first thought aloud, and would think something else");
    }
    Tokenizer tokenizer = made.model().language().tokenizer();
    int[] prompt = task.prompt().toArray();
    Place place =
        place(tokenizer, made.output(), field)
            .orElseThrow(() -> impossible(field, "its tokens spell something else than its text"));
    double[] probabilities = probabilities(prompt, place);
    if (Target.best(probabilities, -1) != field.chosen()) {
      throw impossible(
          field, "another value was more probable, and token by token it came to this one");
    }
    ChoiceExplainer explainer =
        new ChoiceExplainer(request, field.values(), Arrays.stream(probabilities).boxed().toList());
    SpanText text = SpanText.of(made.text(), request.spans());
    Optional<PromptText> question = PromptText.of(tokenizer, prompt, made.text());
    if (question.isEmpty()) {
      return explainer.withheld(text, Withheld.PROMPT).of(field.name());
    }
    CounterfactualSearch.Decider decider =
        other -> decided(tokenizer, question.get().tokens(other), field).orElse(probabilities);
    try (PromptScorer scorer =
        new PromptScorer(
            made.model().language(),
            task.session(),
            place.ways(),
            question.get().followedBy(place.before()),
            progress)) {
      return explainer.explain(text, scorer, decider, scorer::cost).of(field.name());
    }
  }

  private static GovernanceException impossible(DeclaredField field, String why) {
    return new GovernanceException(
        "explanation-field",
        "'" + PlainText.shown(field.name()) + "' of the answer cannot be explained: " + why,
        field.name().isEmpty()
            ? "Explain an answer that was decided without it."
            : "Leave --field out: the answer is then explained by where its words stand.");
  }

  /** The whole answer to another text; empty if the field has no value then, or not by its odds. */
  private Optional<double[]> decided(Tokenizer tokenizer, int[] prompt, DeclaredField field) {
    DecisionOutput output =
        Replay.instead(
            made.model(),
            new DecisionTask.Generate(
                TokenIds.of(prompt), task.session(), task.request(), Optional.empty()));
    return fields(task, output).stream()
        .filter(it -> it.name().equals(field.name()))
        .findFirst()
        .flatMap(it ->
            place(tokenizer, output, it)
                .map(place -> probabilities(prompt, place))
                .filter(odds -> Target.best(odds, -1) == it.chosen()));
  }

  private double[] probabilities(int[] prompt, Place place) {
    try (Session session = made.model().language().newSession(task.session())) {
      session.append(prompt);
      session.append(place.before());
      return session.distribution(place.ways()).probabilities().stream()
          .mapToDouble(Double::doubleValue)
          .toArray();
    }
  }

  /**
   * Where the answer's tokens have not yet said which value it is; empty if they spell something
   * else than the answer. What all values begin with is no choice, and may have been written
   * without asking the model.
   */
  private static Optional<Place> place(
      Tokenizer tokenizer, DecisionOutput output, DeclaredField field) {
    int common = field.common();
    byte[] answer = output.text().getBytes(StandardCharsets.UTF_8);
    String until = output.text().substring(0, field.from() + common);
    int at = until.getBytes(StandardCharsets.UTF_8).length;
    int[] tokens = output.tokens().toArray();
    ByteArrayOutputStream spelt = new ByteArrayOutputStream();
    int count = 0;
    int whole = 0;
    int begun = 0;
    while (count < tokens.length && spelt.size() <= at) {
      if (isBoundary(answer, spelt.size())) {
        whole = count;
        begun = spelt.size();
      }
      spelt.writeBytes(tokenizer.bytes(tokens[count++]));
    }
    byte[] before = Arrays.copyOf(spelt.toByteArray(), begun);
    if (spelt.size() <= at || !Arrays.equals(before, Arrays.copyOf(answer, begun))) {
      return Optional.empty();
    }
    String lead = new String(answer, begun, at - begun, StandardCharsets.UTF_8);
    int end = Math.min(output.text().length(), field.to() + 1);
    String follow = output.text().substring(field.to(), end);
    return Optional.of(
        new Place(
            Arrays.copyOf(tokens, whole),
            field.written().stream()
                .map(value -> lead + value.substring(common) + follow)
                .toList()));
  }

  /** Whether no character of the UTF-8 goes on there. */
  private static boolean isBoundary(byte[] text, int at) {
    return at < text.length && (text[at] & 0xC0) != 0x80;
  }
}
