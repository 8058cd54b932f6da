package dev.candor.governance.explanation;

import dev.candor.governance.confidence.Confidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An explanation in the words of people, a sentence or two at a time. */
public final class PlainWords {

  /** Below this the two ways to leave a span out tell different stories. */
  private static final double AGREEMENT = 0.5;

  private static final int MOST_VALUES = 10;

  private final Language language;
  private final WordTemplates words;

  /** In a language. */
  public PlainWords(Language language) {
    this.language = language;
    this.words = WordTemplates.of(language);
  }

  /** All that is to be said, in the order in which it is said. */
  public List<String> of(Explanation explanation) {
    return switch (explanation) {
      case ChoiceExplanation it -> choice(it);
      case AnswerGrounding it -> grounding(it);
    };
  }

  /** What the marks in the text mean: for the label, and against it. */
  public List<String> legend(ChoiceExplanation explanation) {
    return List.of(
        words.say("legend.for", Map.of("label", words.quoted(explanation.label()))),
        words.say("legend.against", Map.of("other", words.quoted(explanation.other()))));
  }

  /** What a mark in the text means of which an answer was made. */
  public String legendOfGrounding() {
    return words.template("legend.found");
  }

  private List<String> choice(ChoiceExplanation it) {
    List<String> said = new ArrayList<>();
    String label = words.quoted(it.label());
    String other = words.quoted(it.other());
    it.field().ifPresent(name -> said.add(words.say("field", Map.of("field", words.quoted(name)))));
    said.add(
        words.say(
            "chosen",
            Map.of(
                "label", label, "percent", percent(it.probabilities().get(it.target().label())))));
    said.add(words.say("against", Map.of("other", other)));
    it.withheld().ifPresent(why -> said.add(words.template("withheld." + why.key())));
    if (it.status() == Status.NOT_FAITHFUL) {
      said.add(words.template("not-faithful"));
    }
    it.reasons().ifPresent(reasons -> reasons(it, reasons, said));
    said.add(it.counterfactual().map(found -> counterfactual(it, found)).orElseGet(this::none));
    it.confidence().ifPresent(worth -> confidence(worth, said));
    said.add(words.template("limits"));
    return said;
  }

  /** What the probability of a choice is worth. */
  public List<String> of(Confidence worth) {
    List<String> said = new ArrayList<>();
    confidence(worth, said);
    return said;
  }

  private void confidence(Confidence worth, List<String> said) {
    said.add(words.say("confidence", Map.of("percent", rounded(worth.probability()))));
    if (worth.refer()) {
      said.add(
          worth.set().isEmpty()
              ? words.template("set.none")
              : words.say(
                  "set",
                  Map.of(
                      "coverage", rounded(1 - worth.alpha()), "labels", words.list(worth.set()))));
      said.add(words.template("refer"));
    }
  }

  private static String rounded(double share) {
    return Long.toString(Math.round(100 * share));
  }

  private void reasons(ChoiceExplanation it, ChoiceExplanation.Reasons reasons, List<String> said) {
    String label = words.quoted(it.label());
    LeadingSpans leading = LeadingSpans.of(reasons.attribution());
    said.add(
        leading.speakingFor().isEmpty()
            ? words.say("for.none", Map.of("label", label))
            : words.say("for", Map.of("label", label, "spans", spans(it, leading.speakingFor()))));
    if (!leading.speakingAgainst().isEmpty()) {
      said.add(
          words.say(
              "contrary",
              Map.of(
                  "other",
                  words.quoted(it.other()),
                  "spans",
                  spans(it, leading.speakingAgainst()))));
    }
    said.add(words.template("method." + reasons.attribution().method().key()));
    it.fidelity()
        .ifPresent(fidelity ->
            said.add(
                words.say(
                    "tested",
                    Map.of(
                        "orderings",
                        Integer.toString(fidelity.orderings()),
                        "asGood",
                        Integer.toString(fidelity.asGood())))));
    reasons.redundancies().stream()
        .findFirst()
        .ifPresent(pair ->
            said.add(
                words.say(
                    "redundancy",
                    Map.of(
                        "first",
                        words.quoted(it.divided().text(pair.first())),
                        "second",
                        words.quoted(it.divided().text(pair.second()))))));
    if (reasons.agreement() < AGREEMENT) {
      said.add(words.template("disagreement"));
    }
  }

  private String none() {
    return words.template("counterfactual.none");
  }

  private String counterfactual(ChoiceExplanation it, Counterfactual found) {
    List<String> changes = new ArrayList<>();
    for (Counterfactual.Change change : found.changes()) {
      String before = words.quoted(it.divided().text(change.span()));
      Optional<String> instead = change.instead();
      changes.add(
          instead.isPresent()
              ? words.say(
                  "change.replaced", Map.of("before", before, "after", words.quoted(instead.get())))
              : words.say("change.removed", Map.of("span", before)));
    }
    return words.say(
        "counterfactual",
        Map.of(
            "label",
            words.quoted(it.labels().get(found.label())),
            "changes",
            String.join(words.template("list.separator"), changes)));
  }

  private String spans(ChoiceExplanation it, List<Integer> spans) {
    return words.list(spans.stream().map(it.divided()::text).toList());
  }

  private List<String> grounding(AnswerGrounding it) {
    List<String> said = new ArrayList<>();
    said.add(words.template("grounding"));
    said.add(
        words.say(
            "grounding.found",
            Map.of(
                "found",
                Integer.toString(it.found()),
                "all",
                Integer.toString(it.pieces().size()))));
    if (!it.declared().isEmpty()) {
      said.add(words.say("grounding.declared", Map.of("fields", words.list(it.declared()))));
    }
    List<String> missing =
        it.pieces().stream()
            .filter(piece -> piece.source().isEmpty())
            .map(GroundedPiece::value)
            .distinct()
            .limit(MOST_VALUES)
            .toList();
    if (!missing.isEmpty()) {
      said.add(words.say("grounding.missing", Map.of("values", words.list(missing))));
    }
    List<String> unsure =
        it.uncertainty().leastSure().stream()
            .filter(token -> !token.text().isBlank())
            .map(token -> words.quoted(token.text()) + " " + percent(token.probability()) + " %")
            .toList();
    if (!unsure.isEmpty()) {
      said.add(
          words.say(
              "unsure", Map.of("tokens", String.join(words.template("list.separator"), unsure))));
    }
    return said;
  }

  private String percent(double probability) {
    return String.format(language.locale(), "%.1f", 100 * probability);
  }
}
