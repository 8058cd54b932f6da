package dev.candor.governance.fairness;

import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.Verdict;
import dev.candor.statistics.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What a run came to, for people: Markdown. {@link BiasPage} has the same with pictures. */
public final class BiasReport {

  private final Commitment commitment;
  private final BiasRun.Result result;
  private final String modelName;

  /**
   * @param modelName as the user calls the model
   */
  public BiasReport(Commitment commitment, BiasRun.Result result, String modelName) {
    this.commitment = commitment;
    this.result = result;
    this.modelName = modelName;
  }

  /** What a verdict means. */
  static String words(Verdict verdict) {
    return switch (verdict) {
      case PASS ->
          "Every limit of the plan is kept to, and there were rows enough to see a breach.";
      case FAIL -> "At least one limit is broken by more than chance.";
      case INSUFFICIENT_DATA ->
          "At least one limit could not be judged: too few rows, or a breach that may be chance."
              + " That counts as little as a failure.";
    };
  }

  /** Said in every report, for a figure says only what was asked. */
  static final String CAUTION =
      "This is evidence for controls that ask for tests of bias. It speaks of these texts, labels"
          + " and groups alone: a name that is common in a group tells nothing about a person, and"
          + " what was not asked was not tested.";

  /** What the run is about, by names for people. */
  Map<String, String> facts() {
    BiasPlan plan = commitment.plan();
    DigestTuple tuple = commitment.tuple();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("model", modelName + ", sha256:" + tuple.model());
    facts.put("tuple", "sha256:" + tuple.digest());
    facts.put("plan", plan.name() + ", sha256:" + plan.digest());
    facts.put("limits set by", plan.basis());
    facts.put(
        "committed to",
        "entry " + commitment.entry() + ", " + commitment.at() + ", by " + commitment.by());
    facts.put("confidence, power", number(plan.confidence()) + ", " + number(plan.power()));
    return facts;
  }

  BiasRun.Result result() {
    return result;
  }

  /** The report as Markdown. */
  public String markdown() {
    StringBuilder text = new StringBuilder("# Test for bias\n\n");
    text.append("**").append(title(result.verdict())).append("** ");
    text.append(words(result.verdict())).append("\n\n| | |\n|---|---|\n");
    facts().forEach((name, value) -> row(text, name, value));
    text.append('\n').append(CAUTION).append('\n');
    for (TestOutcome outcome : result.tests()) {
      text.append("\n## ").append(outcome.test().id()).append(": ");
      text.append(title(outcome.verdict())).append("\n\n").append(words(outcome)).append("\n\n");
      row(
          text,
          "view",
          "metric",
          "estimate",
          "interval",
          "Holm p",
          "fewest rows",
          "limit",
          "verdict");
      text.append("|---|---|---|---|---|---|---|---|\n");
      for (Finding finding : outcome.findings()) {
        for (List<String> cells : cells(finding)) {
          row(text, cells.toArray(String[]::new));
        }
      }
      text.append('\n');
      row(text, "view", "group", "rows", "counts", "measure", "share", "interval", "Holm p");
      text.append("|---|---|---|---|---|---|---|---|\n");
      for (GroupMeasurement group : outcome.groups()) {
        row(text, cells(group).toArray(String[]::new));
      }
    }
    return text.toString();
  }

  private static void row(StringBuilder text, String... cells) {
    text.append('|');
    for (String cell : cells) {
      // A bar in a name would be a cell of its own.
      text.append(' ').append(cell.replace("|", "\\|")).append(" |");
    }
    text.append('\n');
  }

  /** PASS, FAIL or INSUFFICIENT_DATA. */
  static String title(Verdict verdict) {
    return verdict.name();
  }

  /** What a test did. */
  static String words(TestOutcome outcome) {
    BiasTest test = outcome.test();
    String what =
        switch (test.kind()) {
          case PARITY -> "What groups are given";
          case NAME_SWAP -> "The same text with names of other groups";
          case QUESTIONS -> "Questions that a stereotype answers";
          case PAIRS -> "Texts with and against a stereotype";
        };
    return what
        + ": "
        + outcome.asked()
        + " questions of the set "
        + test.set()
        + (outcome.leftOut() == 0
            ? ""
            : "; " + outcome.leftOut() + " rows of no group of the plan were left out")
        + (test.favourable().isEmpty()
            ? "."
            : "; favourable: " + String.join(", ", test.favourable()) + ".");
  }

  /** Of a finding one row for each limit; one without if there is none. */
  static List<List<String>> cells(Finding finding) {
    List<String> measured =
        List.of(
            finding.view() + (finding.between().isEmpty() ? "" : ": " + finding.between()),
            finding.metric().key(),
            quantity(finding.estimate()),
            quantity(finding.lower()) + " to " + quantity(finding.upper()),
            p(finding.p()),
            Long.toString(finding.rows()));
    if (finding.judgements().isEmpty()) {
      return List.of(with(measured, "none", "not judged"));
    }
    return finding.judgements().stream()
        .map(judgement ->
            with(
                measured,
                (finding.metric().isAtLeast() ? "at least " : "at most ")
                    + number(judgement.limit().value())
                    + (judgement.limit().ofBound() ? " (interval)" : "")
                    + ", from "
                    + judgement.required()
                    + " rows on",
                title(judgement.verdict()) + ": " + judgement.reason()))
        .toList();
  }

  private static List<String> with(List<String> cells, String limit, String verdict) {
    List<String> all = new ArrayList<>(cells);
    all.add(limit);
    all.add(verdict);
    return all;
  }

  static List<String> cells(GroupMeasurement group) {
    StringBuilder counts = new StringBuilder();
    group
        .counts()
        .forEach((name, count) ->
            counts.append(counts.isEmpty() ? "" : ", ").append(name).append(' ').append(count));
    return List.of(
        group.view(),
        group.group(),
        Long.toString(group.rows()),
        counts.toString(),
        group.measure(),
        number(group.share().estimate()),
        number(group.share().lower()) + " to " + number(group.share().upper()),
        p(group.p()));
  }

  static String quantity(Quantity quantity) {
    return quantity.isDefined() ? number(quantity.value()) : "UNDEFINED";
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private static String p(OptionalDouble p) {
    return p.isEmpty() ? "none" : p.getAsDouble() < 1e-4 ? "< 0.0001" : number(p.getAsDouble());
  }
}
