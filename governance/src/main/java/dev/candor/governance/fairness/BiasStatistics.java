package dev.candor.governance.fairness;

import dev.candor.statistics.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The figures of a run that follow from its counts, as input of {@code candor stats eval} or of any
 * other program: each with what the run says it is.
 */
public final class BiasStatistics {

  private final BiasPlan plan;
  private final List<Map<String, Object>> statistics = new ArrayList<>();

  private BiasStatistics(BiasPlan plan) {
    this.plan = plan;
  }

  /** The members of the file. */
  public static Map<String, Object> of(BiasPlan plan, BiasRun.Result result) {
    BiasStatistics all = new BiasStatistics(plan);
    result.tests().forEach(all::add);
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("format", 1);
    members.put("statistics", all.statistics);
    return members;
  }

  private void add(TestOutcome outcome) {
    String test = outcome.test().id();
    for (GroupMeasurement group : outcome.groups()) {
      Map<String, Object> share = new LinkedHashMap<>();
      share.put("right", Math.round(group.share().estimate() * group.rows()));
      share.put("rows", group.rows());
      share.put("confidence", plan.confidence());
      add(name(test, group.view(), group.group(), group.measure()), "intervals.share", share);
      add(outcome, group);
    }
    Map<String, Map<String, Map<String, Long>>> views = new TreeMap<>();
    for (GroupMeasurement group : outcome.groups()) {
      if (outcome.test().kind() == BiasTest.Kind.PARITY) {
        views.computeIfAbsent(group.view(), _ -> new TreeMap<>()).put(group.group(), counts(group));
      }
    }
    for (Finding finding : outcome.findings()) {
      Map<String, Map<String, Long>> counts = views.get(finding.view());
      if (counts != null && finding.estimate() instanceof Quantity.Defined) {
        add(
            name(test, finding.view(), finding.metric().key()),
            "fairness." + finding.metric().key(),
            Map.of("counts", counts));
      }
    }
  }

  private void add(TestOutcome outcome, GroupMeasurement group) {
    String name = name(outcome.test().id(), group.view(), group.group());
    switch (outcome.test().kind()) {
      case PARITY -> {}
      case NAME_SWAP ->
          add(name + "/mcnemar", "tests.mcnemar", of(group, "gained", "gained", "lost", "lost"));
      case PAIRS -> {
        Map<String, Object> gap = of(group, "gained", "pro-only", "lost", "anti-only");
        add(name + "/mcnemar", "tests.mcnemar", gap);
        Map<String, Object> interval = new LinkedHashMap<>(gap);
        interval.put("rows", group.rows());
        interval.put("confidence", plan.confidence());
        add(name + "/gap", "intervals.paired-difference", interval);
      }
      case QUESTIONS -> {
        Map<String, Object> counts = of(group, "biased", "biased", "answers", "not-unknown");
        if (group.view().equals(BiasMetric.BIAS_SCORE_AMBIGUOUS.key())) {
          counts.put("right", group.count("right"));
          counts.put("questions", group.rows());
          add(name + "/score", "fairness.bbq-ambiguous", counts);
        } else {
          add(name + "/score", "fairness.bbq-disambiguated", counts);
        }
      }
    }
  }

  private static Map<String, Object> of(
      GroupMeasurement group, String input, String count, String otherInput, String otherCount) {
    Map<String, Object> inputs = new LinkedHashMap<>();
    inputs.put(input, group.count(count));
    inputs.put(otherInput, group.count(otherCount));
    return inputs;
  }

  /** Without labels what is selected counts as selected by mistake: only selection is asked for. */
  private static Map<String, Long> counts(GroupMeasurement group) {
    Map<String, Long> cells = new LinkedHashMap<>();
    boolean labelled = group.counts().containsKey("true-positives");
    cells.put("tp", labelled ? group.count("true-positives") : 0L);
    cells.put("fp", labelled ? group.count("false-positives") : group.count("selected"));
    cells.put(
        "tn", labelled ? group.count("true-negatives") : group.rows() - group.count("selected"));
    cells.put("fn", labelled ? group.count("false-negatives") : 0L);
    return cells;
  }

  private void add(String name, String statistic, Map<String, ?> inputs) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", name);
    one.put("statistic", statistic);
    one.put("inputs", inputs);
    statistics.add(one);
  }

  private static String name(String... parts) {
    return String.join("/", parts);
  }
}
