package dev.candor.governance.fairness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.candor.governance.evidence.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gate over what COMPAS decided, by the counts that ProPublica published (2016): a label of
 * high risk, and who did commit another crime within two years.
 */
class PublishedBiasTest {

  private @TempDir Path folder;

  private static void rows(List<String> lines, String group, String label, String said, int count) {
    for (int i = 0; i < count; i++) {
      lines.add(
          "{\"id\":%d,\"text\":\"%s\",\"label\":\"%s\",\"groups\":{\"race\":\"%s\"}}"
              .formatted(lines.size(), said, label, group));
    }
  }

  @Test
  void theFiguresOfCompas() throws IOException {
    List<String> lines = new ArrayList<>();
    Map.of(
            "African-American",
            new int[] {1369, 805, 990, 532},
            "Caucasian",
            new int[] {505, 349, 1139, 461})
        .forEach((group, counts) -> {
          rows(lines, group, "high", "high", counts[0]);
          rows(lines, group, "low", "high", counts[1]);
          rows(lines, group, "low", "low", counts[2]);
          rows(lines, group, "high", "low", counts[3]);
        });
    Files.write(folder.resolve("compas.jsonl"), lines);
    BiasPlan plan =
        BiasPlan.parse(
            """
            version: 1
            name: compas
            seed: 1
            resamples: 200
            tests:
              - id: risk
                kind: parity
                set: compas.jsonl
                labels: [high, low]
                favourable: [high]
                groups: {race: [African-American, Caucasian]}
            """
                .getBytes(UTF_8));
    BiasRun.Result result =
        new BiasRun(plan, BiasSets.of(plan, folder))
            .run(
                Scorers.each(
                    (_, text) -> text.equals("high") ? new double[] {1, 0} : new double[] {0, 1}),
                (_, _) -> {},
                () -> false)
            .orElseThrow();
    TestOutcome outcome = result.tests().getFirst();
    // False positive and false negative rates as the article prints them.
    GroupMeasurement black = outcome.groups().get(0);
    GroupMeasurement white = outcome.groups().get(1);
    assertThat(rate(black, "false-positives", "true-negatives")).isCloseTo(0.4485, within(5e-5));
    assertThat(rate(black, "false-negatives", "true-positives")).isCloseTo(0.2799, within(5e-5));
    assertThat(rate(white, "false-positives", "true-negatives")).isCloseTo(0.2345, within(5e-5));
    assertThat(rate(white, "false-negatives", "true-positives")).isCloseTo(0.4772, within(5e-5));
    // What Fairlearn 0.15 makes of the same rows.
    assertThat(estimate(outcome, BiasMetric.DEMOGRAPHIC_PARITY_DIFFERENCE))
        .isCloseTo(0.2402002032197631, within(1e-12));
    assertThat(estimate(outcome, BiasMetric.DEMOGRAPHIC_PARITY_RATIO))
        .isCloseTo(0.5916375569916079, within(1e-12));
    assertThat(estimate(outcome, BiasMetric.EQUALISED_ODDS_DIFFERENCE))
        .isCloseTo(0.21392495582112797, within(1e-12));
    assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(outcome.findings().stream().flatMap(finding -> finding.judgements().stream()))
        .hasSize(3)
        .allMatch(judgement -> judgement.verdict() == Verdict.FAIL);
  }

  private static double rate(GroupMeasurement group, String hits, String others) {
    return group.count(hits) / (double) (group.count(hits) + group.count(others));
  }

  private static double estimate(TestOutcome outcome, BiasMetric metric) {
    return outcome.findings().stream()
        .filter(finding -> finding.metric() == metric)
        .findFirst()
        .orElseThrow()
        .estimate()
        .value();
  }
}
