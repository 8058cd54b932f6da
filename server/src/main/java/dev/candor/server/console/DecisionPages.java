package dev.candor.server.console;

import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.decisions.DecisionRecords;
import dev.candor.governance.decisions.Oversight;
import dev.candor.governance.explanation.ExplanationActs;
import dev.candor.governance.explanation.ExplanationIssued;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionOverridden;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.StopOrdered;
import dev.candor.server.HttpProblem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decisions that were made: the list of them, and one with all that the ledger has of it. */
public final class DecisionPages {

  private static final List<String> OUTCOMES =
      List.of(
          "end",
          "chosen",
          "stop-string",
          "length",
          "context-full",
          "stopped",
          "failed",
          "refused",
          "running");

  private final ConsoleParts parts;
  private final DecisionList decisions;
  private final DecisionTexts texts;

  /** Names of proofs. */
  private static final String BEGINNING = "beginning.tlog-proof";

  private static final String END = "end.tlog-proof";

  private final Explaining explaining;

  DecisionPages(ConsoleParts parts) {
    this.parts = parts;
    this.decisions = new DecisionList(parts.governance());
    this.texts = new DecisionTexts(parts.governance());
    this.explaining = new Explaining(parts);
  }

  /**
   * What a page shows of one decision.
   *
   * @param facts by names for people
   * @param asked in the asker's own words; empty if the visitor may not read it
   * @param answered the same
   * @param labels how probable each is, if it was a choice
   * @param acts what people did about it: stops and overrides
   * @param explanations that were given
   * @param entries as they lie in the ledger
   * @param isRunning whether it has no end yet
   * @param hasAnswer whether there is something to explain or to replace
   */
  public record View(
      String id,
      String outcome,
      Map<String, String> facts,
      Optional<String> asked,
      Optional<String> answered,
      List<TryWriter.LabelShare> labels,
      List<Act> acts,
      List<Explained> explanations,
      List<EntryText> entries,
      boolean isRunning,
      boolean hasAnswer) {}

  /** Something that somebody did. */
  public record Act(long entry, String at, String by, String what, Optional<String> text) {}

  /** That it was explained. */
  public record Explained(long entry, String at, String by, String status, List<String> figures) {}

  /** An entry as it lies in the ledger. */
  public record EntryText(long index, String text) {}

  /** What a visitor may do about a decision. */
  public record Powers(boolean explain, boolean stop, boolean override) {}

  void list(Visit visit) {
    boolean all = visit.may(Action.VERIFY);
    DecisionList.Filter filter =
        new DecisionList.Filter(
            all ? Optional.empty() : Optional.of(visit.principal().name()),
            visit.query("text"),
            visit.query("outcome").filter(OUTCOMES::contains));
    DecisionList.Page page =
        decisions.before(visit.queryNumber("before").orElse(Long.MAX_VALUE), filter);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("rows", page.rows());
    values.put("older", page.older().isPresent() ? Long.toString(page.older().getAsLong()) : "");
    values.put("text", filter.text().orElse(""));
    values.put("outcome", filter.outcome().orElse(""));
    values.put("outcomes", OUTCOMES);
    values.put("all", all);
    visit.show("decisions", "Decisions", Section.DECISIONS.path(), values);
  }

  void show(Visit visit) {
    String id = parts.governance().records().id(visit.part("id"));
    Optional<DecisionRecords.Refusal> refusal = parts.governance().records().refusal(id);
    if (refusal.isPresent()) {
      showRefusal(visit, refusal.get());
      return;
    }
    DecisionRecords.Story story = parts.governance().records().story(id);
    requireOwn(visit, story.started().principal());
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("decision", view(visit, story));
    values.put(
        "powers",
        new Powers(
            Authority.permits(visit.principal(), Action.EXPLAIN, story.started().subject()),
            visit.may(Action.STOP),
            visit.may(Action.OVERRIDE)));
    visit.show("decision", "Decision " + Shown.digits(id), Section.DECISIONS.path(), values);
  }

  /**
   * A proof that anybody can check (C2SP tlog-proof), as a file: of the entry of its beginning, or
   * of its end.
   */
  void proof(Visit visit) {
    String id = parts.governance().records().id(visit.part("id"));
    Optional<DecisionRecords.Refusal> refusal = parts.governance().records().refusal(id);
    long index;
    if (refusal.isPresent()) {
      requireOwn(visit, refusal.get().refused().principal());
      requireKnown(visit.part("proof").equals(END));
      index = refusal.get().index();
    } else {
      DecisionRecords.Story story = parts.governance().records().story(id);
      requireOwn(visit, story.started().principal());
      index = place(visit.part("proof"), story);
    }
    byte[] proof = parts.governance().ledger().bundle(index).form();
    Pages.guard(visit.response());
    visit
        .response()
        .header("Content-Type", "text/plain; charset=utf-8")
        .header("Cache-Control", "no-store")
        .header(
            "Content-Disposition",
            "attachment; filename=\"" + id + "-" + visit.part("proof") + "\"")
        .send(proof);
  }

  private static long place(String proof, DecisionRecords.Story story) {
    if (proof.equals(BEGINNING)) {
      return story.startedIndex();
    }
    requireKnown(proof.equals(END) && story.finishedIndex().isPresent());
    return story.finishedIndex().getAsLong();
  }

  private static void requireKnown(boolean known) {
    if (!known) {
      throw HttpProblem.of(404, "proof_unknown", "There is no such proof, or not yet.");
    }
  }

  /** Those of others are seen by whoever may see the ledger. */
  private static void requireOwn(Visit visit, String asker) {
    if (!visit.principal().name().equals(asker)) {
      visit.require(Action.VERIFY);
    }
  }

  private void showRefusal(Visit visit, DecisionRecords.Refusal refusal) {
    DecisionRefused refused = refusal.refused();
    requireOwn(visit, refused.principal());
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Refused", "by rule " + refused.rule());
    facts.put("Reason", refused.reason());
    facts.put("Asked by", refused.principal());
    facts.put("Purpose", refused.purpose());
    refused.subject().ifPresent(it -> facts.put("About", it));
    facts.put("Policy", refused.policy());
    Map<String, Object> values = new LinkedHashMap<>();
    values.put(
        "decision",
        new View(
            refused.decision(),
            "refused",
            facts,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            List.of(text(refusal.index())),
            false,
            false));
    values.put("powers", new Powers(false, false, false));
    visit.show(
        "decision",
        "Decision " + Shown.digits(refused.decision()),
        Section.DECISIONS.path(),
        values);
  }

  private View view(Visit visit, DecisionRecords.Story story) {
    DecisionStarted started = story.started();
    boolean reads =
        visit.principal().name().equals(started.principal())
            || visit.may(Action.READ_ALL)
            || started.subject().isPresent()
                && Authority.permits(visit.principal(), Action.READ_SUBJECT, started.subject());
    Optional<DecisionTexts.Texts> kept = reads ? Optional.of(texts.of(story)) : Optional.empty();
    Oversight oversight = new Oversight(parts.governance());
    List<Long> stops = oversight.stops(story);
    List<Long> overrides = oversight.overrides(started.decision());
    List<Long> explained = new ExplanationActs(parts.governance()).issued(started.decision());
    List<Long> entries = new ArrayList<>();
    entries.add(story.startedIndex());
    story.finishedIndex().ifPresent(entries::add);
    entries.addAll(stops);
    entries.addAll(overrides);
    entries.addAll(explained);
    List<Act> acts = new ArrayList<>();
    stops.forEach(place -> acts.add(stop(place, reads)));
    overrides.forEach(place -> acts.add(override(place, reads)));
    return new View(
        started.decision(),
        story.finished().map(DecisionFinished::outcome).orElse("running"),
        facts(story),
        kept.map(DecisionTexts.Texts::asked),
        kept.map(DecisionTexts.Texts::answered),
        kept.map(DecisionTexts.Texts::labels).orElse(List.of()),
        acts,
        explained.stream().map(place -> explanation(place, reads)).toList(),
        entries.stream().distinct().sorted().map(this::text).toList(),
        story.finished().isEmpty(),
        story.finished().flatMap(DecisionFinished::output).isPresent());
  }

  private Map<String, String> facts(DecisionRecords.Story story) {
    DecisionStarted started = story.started();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Asked", Shown.time(entry(story.startedIndex()).required("at")));
    facts.put("Asked by", started.principal());
    facts.put("Purpose", started.purpose());
    facts.put("About", started.subject().map(it -> "data subject " + it).orElse("nobody"));
    facts.put(
        "Consent",
        started.consent().isPresent() ? "entry " + started.consent().getAsLong() : "none needed");
    facts.put("Admitted", "by rule " + started.rule() + " of policy " + started.policy());
    facts.put("Task", started.task());
    facts.put("Model", started.modelName() + ", sha256 " + started.model());
    started.adapter().ifPresent(it -> facts.put("Adapter", "sha256 " + it));
    started.head().ifPresent(it -> facts.put("Head", "sha256 " + it));
    started.tuple().ifPresent(it -> facts.put("Evidence", "tuple " + it));
    facts.put("Computed", started.profile() + ", " + started.kernels() + ", " + started.runtime());
    facts.put("Tokens read", Shown.count(started.promptTokens()));
    story
        .finished()
        .ifPresent(end -> {
          end.failure().ifPresent(code -> facts.put("Failed", code));
          facts.put("Tokens generated", Shown.count(end.tokens()));
          facts.put("First token after", Shown.millis(end.firstTokenMicros() / 1e3));
          facts.put("All of it", Shown.millis(end.totalMicros() / 1e3));
        });
    return facts;
  }

  private Act stop(long place, boolean reads) {
    Entry entry = entry(place);
    StopOrdered order = StopOrdered.of(entry);
    return new Act(
        place,
        Shown.time(entry.required("at")),
        order.by(),
        order.decision().isPresent() ? "ordered to stop" : "ordered all to stop",
        reads ? Optional.of("Reason: " + texts.plain(order.reason())) : Optional.empty());
  }

  private Act override(long place, boolean reads) {
    Entry entry = entry(place);
    DecisionOverridden act = DecisionOverridden.of(entry);
    return new Act(
        place,
        Shown.time(entry.required("at")),
        act.by(),
        "put something else in its place",
        reads
            ? Optional.of(
                "Instead: "
                    + texts.plain(act.replacement())
                    + "\nReason: "
                    + texts.plain(act.reason()))
            : Optional.empty());
  }

  private Explained explanation(long place, boolean reads) {
    Entry entry = entry(place);
    ExplanationIssued issued = ExplanationIssued.of(entry);
    return new Explained(
        place,
        Shown.time(entry.required("at")),
        issued.by(),
        issued.status().key(),
        reads
            ? texts.explanation(issued.explanation()).map(Explaining::figures).orElse(List.of())
            : List.of());
  }

  private Entry entry(long place) {
    return parts.governance().records().entry(place);
  }

  private EntryText text(long place) {
    return new EntryText(place, new String(entry(place).bytes(), StandardCharsets.US_ASCII));
  }

  void explain(Visit visit, FormFields form) {
    String id = parts.governance().records().id(visit.part("id"));
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("issued", explaining.explain(visit.principal(), id, form));
    visit.showPart("explanation", values);
  }

  void stop(Visit visit, FormFields form) {
    String id = parts.governance().records().id(visit.part("id"));
    var unused =
        new Oversight(parts.governance())
            .stop(visit.principal(), Optional.of(id), form.required("reason"));
    visit.goTo("/console/decisions/" + id);
  }

  void override(Visit visit, FormFields form) {
    String id = parts.governance().records().id(visit.part("id"));
    var unused =
        new Oversight(parts.governance())
            .override(visit.principal(), id, form.required("replacement"), form.required("reason"));
    visit.goTo("/console/decisions/" + id);
  }
}
