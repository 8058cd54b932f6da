package dev.candor.server.console;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.decisions.Decision;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.server.EventStream;
import dev.candor.server.HttpProblem;
import dev.candor.server.answers.AnswerPart;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.answers.AnswerReader;
import dev.candor.server.batching.ClientLeft;
import dev.candor.server.batching.RunLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes an answer as parts of a page: thoughts, text, and the receipt last. */
public final class TryWriter implements RunLoop.Writer {

  private final Visit visit;
  private final TryRuns.Run run;
  private final AnswerPlan plan;
  private final EventStream events;
  private final AnswerReader reader;
  private String decision = "";

  TryWriter(Visit visit, TryRuns.Run run, AnswerPlan plan, EventStream events) {
    this.visit = visit;
    this.run = run;
    this.plan = plan;
    this.events = events;
    this.reader = plan.reader();
  }

  /** How probable a label is. */
  public record LabelShare(String label, double probability, boolean chosen) {}

  /**
   * What the asker gets in the hand.
   *
   * @param decision its id
   * @param outcome why it ended
   * @param started index of the entry that it began with
   * @param finished index of the entry that it ended with
   * @param facts of its run, by names for people
   * @param labels how probable each is, if it was a choice
   * @param mayExplain whether who looks may have it explained
   */
  public record ReceiptView(
      String decision,
      String outcome,
      long started,
      long finished,
      Map<String, String> facts,
      List<LabelShare> labels,
      boolean mayExplain) {}

  @Override
  public void named(String id) {
    if (decision.isEmpty()) {
      decision = id;
      events.text("status", "Reading the prompt");
    }
  }

  @Override
  public void told(int choice, GeneratedToken token) {
    requireWanted();
    tell(reader.next(token));
  }

  private void requireWanted() {
    if (run.isStopped()) {
      throw new ClientLeft();
    }
  }

  private void tell(List<AnswerPart> parts) {
    for (AnswerPart part : parts) {
      switch (part) {
        case AnswerPart.Text it -> piece("text", it.text());
        case AnswerPart.Thought it -> piece("thought", it.text());
        // Nothing that is asked here may be called.
        case AnswerPart.CallBegun it -> piece("text", it.name());
        case AnswerPart.CallArguments it -> piece("text", it.text());
      }
    }
  }

  private void piece(String event, String text) {
    if (!text.isEmpty()) {
      events.text(event, "<span>" + HtmlText.escaped(text) + "</span>");
    }
  }

  @Override
  public void second(String progress) {
    requireWanted();
    events.text("status", Character.toUpperCase(progress.charAt(0)) + progress.substring(1));
  }

  @Override
  public void finished(int choice, Decision made) {
    boolean classifies = run.question().classifies();
    if (classifies) {
      piece("text", made.output().text());
    } else {
      tell(reader.finish(made.output()));
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("receipt", receipt(made));
    values.put("csrf", visit.session().csrf());
    events.text("status", "Done");
    events.text("receipt", visit.pages().text("receipt", values));
  }

  private ReceiptView receipt(Decision made) {
    DecisionFinished end = made.receipt().finished();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Model", plan.model().name());
    facts.put("Tokens read", Shown.count(plan.prompt().size()));
    facts.put("Tokens generated", Shown.count(end.tokens()));
    if (reader.thoughts() > 0) {
      facts.put("Of them thoughts", Shown.count(reader.thoughts()));
    }
    if (end.tokens() > 0) {
      facts.put("First token after", Shown.millis(end.firstTokenMicros() / 1e3));
    }
    facts.put("All of it", Shown.millis(end.totalMicros() / 1e3));
    long generating = end.totalMicros() - end.firstTokenMicros();
    if (end.tokens() > 1 && generating > 0) {
      facts.put("Rate", Shown.rate((end.tokens() - 1) * 1e6 / generating) + " tokens/s");
    }
    List<LabelShare> labels = new ArrayList<>();
    List<Double> probabilities = made.output().probabilities();
    for (int i = 0; i < probabilities.size(); i++) {
      String label = run.question().labels().get(i);
      labels.add(new LabelShare(label, probabilities.get(i), label.equals(made.output().text())));
    }
    labels.sort((one, other) -> Double.compare(other.probability(), one.probability()));
    return new ReceiptView(
        made.receipt().decision(),
        made.output().outcome(),
        made.receipt().startedIndex(),
        made.receipt().finishedIndex(),
        facts,
        labels,
        Authority.permits(visit.principal(), Action.EXPLAIN, made.receipt().started().subject()));
  }

  @Override
  public void failed(HttpProblem problem) {
    TryPages.tell(visit, events, problem);
  }

  /** Whoever asked has stopped it. */
  void stopped() {
    events.text("status", "Stopped");
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("decision", decision);
    events.text("receipt", visit.pages().text("stoppedPart", values));
  }
}
