package dev.candor.governance.reports;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.decisions.DecisionRecords;
import dev.candor.governance.explanation.ExplanationActs;
import dev.candor.governance.explanation.ExplanationIssued;
import dev.candor.governance.payloads.Finding;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionOverridden;
import dev.candor.ledger.entries.DecisionStarted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is known of one decision, for whoever it is about. */
public final class DecisionFacts {

  private static final String TEMPLATE = "decision-explanation";
  private static final int MOST_REASONS = 3;

  private final Governance governance;
  private final String id;
  private final Map<String, List<String>> facts = new LinkedHashMap<>();

  private DecisionFacts(Governance governance, String id) {
    this.governance = governance;
    this.id = id;
  }

  /** The names of all facts. */
  static List<String> names() {
    return List.of(
        "decision",
        "when",
        "purpose",
        "answer",
        "alternatives",
        "override",
        "input",
        "consent",
        "rule",
        "model",
        "explanation",
        "reasons",
        "counterfactual",
        "confidence",
        "fidelity",
        "entries",
        "replay");
  }

  /**
   * The explanation of a decision, filled with what is on record.
   *
   * @param id all 32 digits of the decision
   * @param home where the template may be
   * @throws dev.candor.governance.GovernanceException {@code governance.not-permitted}, {@code
   *     governance.decision-unknown}
   */
  public static FilledDocument document(Governance governance, Path home, Principal by, String id) {
    DocumentTemplate template = DocumentTemplate.ofHome(home, TEMPLATE, names());
    DecisionRecords.Story story = governance.records().story(id);
    Authority.require(by, Action.READ_SUBJECT, story.started().subject());
    DecisionFacts facts = new DecisionFacts(governance, id);
    facts.gather(story);
    return new FilledDocument(
        template,
        id.substring(0, 12),
        facts.facts,
        governance.clock().instant(),
        governance.ledger().size());
  }

  private void gather(DecisionRecords.Story story) {
    DecisionStarted started = story.started();
    put("decision", id);
    put("when", governance.ledger().entry(story.startedIndex()).required("at"));
    put("purpose", started.purpose());
    put(
        "consent",
        started.subject().isEmpty()
            ? "none: it names nobody whom it is about"
            : started.consent().isPresent()
                ? "the one of entry " + started.consent().getAsLong()
                : "none");
    put("rule", started.rule() + " of the policy sha256:" + started.policy());
    put(
        "model",
        started.modelName() + ", sha256:" + started.model(),
        "numbers " + started.profile() + ", " + started.runtime());
    Optional<JsonNode> input =
        kept("input", started.input(), node -> node.path("text").asString(""));
    Optional<JsonNode> output =
        story
            .finished()
            .flatMap(DecisionFinished::output)
            .flatMap(it -> kept("answer", it, node -> node.path("text").asString("")));
    if (story.finished().isEmpty()) {
      put("answer", "UNKNOWN: it has not ended");
    }
    alternatives(input, output);
    override();
    explanation();
    put(
        "entries",
        story.finishedIndex().isPresent()
            ? "entries "
                + story.startedIndex()
                + " and "
                + story.finishedIndex().getAsLong()
                + " of the ledger; proofs: candor receipt "
                + id
                + " --bundle FILE"
            : "entry " + story.startedIndex() + " of the ledger");
    put("replay", "to the bit, on any machine: candor replay " + id);
  }

  private void put(String fact, String... lines) {
    facts.put(fact, List.of(lines));
  }

  /** What an entry commits to, if it is kept; otherwise the fact says why it is not. */
  private Optional<JsonNode> kept(
      String fact, Commitment commitment, Function<JsonNode, String> words) {
    return switch (governance.records().find(commitment)) {
      case Finding.Present it -> {
        JsonNode node = JsonMapper.shared().readTree(it.payload().bytes());
        facts.put(fact, lines(words.apply(node)));
        yield Optional.of(node);
      }
      case Finding.Erased it -> {
        put(fact, "UNKNOWN: erased on " + it.at());
        yield Optional.empty();
      }
      case Finding.Absent _ -> {
        put(fact, "UNKNOWN: it is no longer kept");
        yield Optional.empty();
      }
    };
  }

  private static List<String> lines(String text) {
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  private void alternatives(Optional<JsonNode> input, Optional<JsonNode> output) {
    if (input.isEmpty() || input.get().path("choices").isEmpty()) {
      if (input.isPresent()) {
        put("alternatives", "any text: it was not a choice among given answers");
      }
      return;
    }
    List<String> choices = new ArrayList<>();
    input.get().path("choices").forEach(choice -> choices.add(choice.asString("")));
    List<String> lines = new ArrayList<>();
    JsonNode probabilities =
        output.map(it -> it.path("probabilities")).orElse(input.get().path("none"));
    for (int i = 0; i < choices.size(); i++) {
      lines.add(
          choices.get(i)
              + (i < probabilities.size() ? ", " + percent(probabilities.path(i).asDouble()) : ""));
    }
    facts.put("alternatives", lines);
    if (!probabilities.isEmpty()) {
      double most =
          IntStream.range(0, probabilities.size())
              .mapToDouble(i -> probabilities.path(i).asDouble())
              .max()
              .orElse(0);
      put(
          "confidence",
          "the model gave its choice "
              + percent(most)
              + "; whether such numbers come true is what a calibration says");
    }
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private void override() {
    List<Long> places = governance.index().places(EntryIndex.key(DecisionOverridden.KIND, id));
    if (places.isEmpty()) {
      put("override", "no");
      return;
    }
    DecisionOverridden last = DecisionOverridden.of(governance.ledger().entry(places.getLast()));
    String instead =
        governance
            .records()
            .bytes(last.replacement())
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
            .orElse("UNKNOWN: it is no longer kept");
    List<String> lines = new ArrayList<>();
    lines.add("yes, by " + last.by() + ", entry " + places.getLast() + "; it holds instead:");
    lines.addAll(lines(instead));
    facts.put("override", lines);
  }

  private void explanation() {
    List<Long> places = new ExplanationActs(governance).issued(id);
    if (places.isEmpty()) {
      put("explanation", "UNKNOWN: none was asked for; candor explain " + id);
      return;
    }
    ExplanationIssued issued = ExplanationIssued.of(governance.ledger().entry(places.getLast()));
    put(
        "explanation",
        switch (issued.status()) {
          case FAITHFUL -> "yes, and it describes the model better than chance does";
          case NOT_FAITHFUL ->
              "no: what was found does no better than chance, so no reasons are given";
          case WITHHELD -> "no: it could not be tested";
          case GROUNDING -> "of free text there is none; where its words come from is on record";
        });
    governance
        .records()
        .bytes(issued.explanation())
        .map(bytes -> JsonMapper.shared().readTree(bytes))
        .ifPresent(this::reasons);
  }

  private void reasons(JsonNode explanation) {
    JsonNode values = explanation.path("reasons").path("values");
    String text = facts.getOrDefault("input", List.of()).isEmpty() ? "" : inputText();
    if (!values.isEmpty()) {
      List<String> lines =
          IntStream.range(0, values.size())
              .boxed()
              .filter(i -> values.path(i).asDouble() > 0)
              .sorted(Comparator.comparingDouble((Integer i) -> -values.path(i).asDouble()))
              .limit(MOST_REASONS)
              .map(i -> "“" + span(text, explanation.path("spans").path(i)) + "”")
              .toList();
      facts.put(
          "reasons",
          lines.isEmpty()
              ? List.of("nothing in the text spoke for it")
              : withOther(explanation, lines));
    }
    JsonNode counterfactual = explanation.path("counterfactual");
    if (!counterfactual.isMissingNode()) {
      put(
          "counterfactual",
          "with this text the model decides "
              + counterfactual.path("label").asString("")
              + ", which was tried:",
          "“" + counterfactual.path("text").asString("") + "”");
    } else if (explanation.path("status").asString("").equals("faithful")) {
      put("counterfactual", "none was found within what was tried");
    }
    JsonNode fidelity = explanation.path("fidelity");
    if (!fidelity.isMissingNode()) {
      put(
          "fidelity",
          "of "
              + fidelity.path("orderings").asLong()
              + " random orders of the same parts, "
              + fidelity.path("asGood").asLong()
              + " describe the model as well");
    }
  }

  private static List<String> withOther(JsonNode explanation, List<String> lines) {
    List<String> all = new ArrayList<>();
    all.add(
        "for "
            + explanation.path("label").asString("")
            + " rather than "
            + explanation.path("other").asString("")
            + ", the most first:");
    all.addAll(lines);
    return all;
  }

  /** The text as it was explained, with its lines. */
  private String inputText() {
    return governance
        .records()
        .bytes(governance.records().story(id).started().input())
        .map(bytes -> JsonMapper.shared().readTree(bytes).path("text").asString(""))
        .orElse("");
  }

  private static String span(String text, JsonNode range) {
    int from = range.path(0).asInt(-1);
    int to = range.path(1).asInt(-1);
    return from >= 0 && from <= to && to <= text.length()
        ? text.substring(from, to).strip()
        : "UNKNOWN";
  }
}
