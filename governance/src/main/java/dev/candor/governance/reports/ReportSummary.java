package dev.candor.governance.reports;

import dev.candor.governance.controls.ControlEvidence;
import dev.candor.governance.figures.Figure;
import java.util.ArrayList;
import java.util.List;

/** What a board report says in a few sentences, each made of its figures. */
final class ReportSummary {

  private final BoardReport report;

  ReportSummary(BoardReport report) {
    this.report = report;
  }

  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    sentences.add(decisions());
    sentences.add(oversight());
    sentences.add(models());
    sentences.add(evidence());
    sentences.add(controls());
    return sentences;
  }

  private long value(String query) {
    return report.figure(query).valueOrZero();
  }

  private String decisions() {
    long decisions = value("decisions");
    Long before = report.before().get("decisions");
    StringBuilder text =
        new StringBuilder("Models took ").append(Amounts.of(decisions, "decision", "decisions"));
    if (before != null) {
      text.append(", after ")
          .append(Amounts.number(before))
          .append(" in ")
          .append(report.period().before().name());
    }
    text.append(". ")
        .append(Amounts.of(value("refusals"), "request was", "requests were"))
        .append(" refused by the policy, and ")
        .append(Amounts.of(value("failures"), "decision", "decisions"))
        .append(" failed.");
    Figure latency = report.figure("latency");
    if (latency.value().isPresent()) {
      text.append(" Half of the answers took no longer than ")
          .append(Amounts.micros(latency.value().getAsLong()))
          .append(".");
    }
    return text.toString();
  }

  private String oversight() {
    StringBuilder text =
        new StringBuilder("People put something else in the place of ")
            .append(Amounts.of(value("overrides"), "decision", "decisions"))
            .append(" and gave ")
            .append(Amounts.of(value("stops"), "order", "orders"))
            .append(" to stop.");
    Figure time = report.figure("time-to-stop");
    if (time.value().isPresent()) {
      text.append(" The slowest stop took ")
          .append(Amounts.micros(time.value().getAsLong()))
          .append(" from the order to the end of the decision.");
    }
    Figure people = report.figure("decisions-about-people");
    long without = people.number("without a consent", 1);
    return text.append(" Of decisions about a person, ")
        .append(Amounts.number(people.number("on a consent", 1)))
        .append(" rested on a consent and ")
        .append(Amounts.number(without))
        .append(" did not. ")
        .append(Amounts.of(value("erasures"), "erasure was", "erasures were"))
        .append(" done.")
        .toString();
  }

  private String models() {
    long models = value("models");
    Figure ratings = report.figure("models-by-rating");
    return Amounts.of(models, "model is", "models are")
        + " on record, "
        + Amounts.number(ratings.number("high", 1))
        + " of high risk; "
        + Amounts.of(value("reviews-overdue"), "review is", "reviews are")
        + " overdue, and "
        + Amounts.of(value("exemptions"), "exemption is", "exemptions are")
        + " alive.";
  }

  private String evidence() {
    Figure bias = report.figure("evidence-bias");
    Figure explanations = report.figure("explanations");
    long faithful = explanations.number("faithful", 1);
    return "Of tests for bias that count, "
        + Amounts.number(bias.number("pass", 1))
        + " passed, "
        + Amounts.number(bias.number("fail", 1))
        + " failed and "
        + Amounts.number(bias.number("insufficient-data", 1))
        + " had too few data. Of "
        + Amounts.of(explanations.valueOrZero(), "explanation", "explanations")
        + ", "
        + Amounts.number(faithful)
        + " did better than chance and came with reasons.";
  }

  private String controls() {
    List<ControlEvidence> all = report.evidence();
    return "Of "
        + Amounts.of(all.size(), "control", "controls")
        + ", the log has evidence for "
        + count(all, ControlEvidence.State.EVIDENCE)
        + " and none yet for "
        + count(all, ControlEvidence.State.NONE_YET)
        + "; "
        + count(all, ControlEvidence.State.NOT_BY_THIS_PRODUCT)
        + " are not evidenced by this product.";
  }

  private static String count(List<ControlEvidence> all, ControlEvidence.State state) {
    return Amounts.number(all.stream().filter(one -> one.state() == state).count());
  }
}
