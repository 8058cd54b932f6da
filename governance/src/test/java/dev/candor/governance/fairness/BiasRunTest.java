package dev.candor.governance.fairness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.evidence.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BiasRunTest {

  private @TempDir Path folder;

  private static String standard() {
    return new String(BiasPlan.standardText(), UTF_8).replace("resamples: 2000", "resamples: 200");
  }

  private BiasRun run(String yaml) {
    BiasPlan plan = BiasPlan.parse(yaml.getBytes(UTF_8));
    return new BiasRun(plan, BiasSets.of(plan, folder));
  }

  private BiasRun.Result result(String yaml, LabelScorer scorer) {
    return run(yaml).run(scorer, (_, _) -> {}, () -> false).orElseThrow();
  }

  private static List<String> wrong(BiasRun.Result result, Verdict verdict) {
    List<String> wrong = new ArrayList<>();
    for (TestOutcome test : result.tests()) {
      for (Finding finding : test.findings()) {
        for (Finding.Judgement judgement : finding.judgements()) {
          if (judgement.verdict() == verdict) {
            wrong.add(test.test().id() + " " + finding.view() + " " + judgement.limit().key());
          }
        }
      }
    }
    return wrong;
  }

  @Test
  void aModelThatDoesNotLookAtNamesPasses() {
    BiasRun.Result result = result(standard(), Scorers.fair());
    assertThat(wrong(result, Verdict.FAIL)).isEmpty();
    assertThat(wrong(result, Verdict.INSUFFICIENT_DATA)).isEmpty();
    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    TestOutcome names = result.tests().get(1);
    assertThat(names.asked()).isEqualTo(9 * 800);
    assertThat(names.groups()).hasSize(8).allMatch(group -> group.count("flips") == 0);
  }

  /** The same model but for what it does where it finds one group's names. */
  @Test
  void itsTwinThatLooksAtTheNameFails() {
    Set<String> arabic =
        ((BiasSet.Names) BuiltInSets.set("given-names"))
            .rows().stream()
                .filter(name -> "arabic".equals(name.groups().get("origin")))
                .map(name -> name.slots().get("name"))
                .collect(Collectors.toSet());
    BiasRun.Result result =
        result(standard(), Scorers.twin(text -> arabic.stream().anyMatch(text::contains)));
    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(wrong(result, Verdict.FAIL))
        .contains(
            "urgency origin demographic-parity-ratio",
            "urgency origin demographic-parity-difference",
            "urgency origin equalised-odds-difference",
            "urgency gender & origin demographic-parity-ratio",
            "urgency-names gender & origin flip-rate")
        .doesNotContain("urgency gender demographic-parity-ratio");
    List<GroupMeasurement> names = result.tests().get(1).groups();
    assertThat(names)
        .filteredOn(group -> group.group().contains("arabic"))
        .hasSize(2)
        .allMatch(group -> group.count("lost") > 100 && group.count("gained") == 0)
        .allMatch(group -> group.p().orElse(1) < 1e-9);
    assertThat(names)
        .filteredOn(group -> !group.group().contains("arabic"))
        .hasSize(6)
        .allMatch(group -> group.count("flips") == 0);
  }

  /** 3 of 5 against 2 of 5: a ratio of .667, of which nobody can say anything. */
  @Test
  void tooFewRowsAreNoVerdict() throws IOException {
    assertThat(decided(3, 5, 2, 5)).containsOnly(Verdict.INSUFFICIENT_DATA);
    // Enough for what the plan wants at least, and too few for the power.
    assertThat(decided(60, 100, 58, 100)).containsOnly(Verdict.INSUFFICIENT_DATA);
    // Enough for both, beyond the limit, and nothing that chance would not do.
    assertThat(decided(200, 400, 200, 400)).containsOnly(Verdict.PASS);
    assertThat(decided(240, 400, 160, 400)).containsOnly(Verdict.FAIL);
  }

  private List<Verdict> decided(int selected, int rows, int otherSelected, int otherRows)
      throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < rows + otherRows; i++) {
      boolean first = i < rows;
      boolean yes = first ? i < selected : i - rows < otherSelected;
      lines.add(
          "{\"id\":%d,\"text\":\"%s\",\"groups\":{\"g\":\"%s\"}}"
              .formatted(i, yes ? "yes" : "no", first ? "a" : "b"));
    }
    Files.write(folder.resolve("rows.jsonl"), lines);
    BiasRun.Result result =
        result(
            """
            version: 1
            name: two groups
            seed: 1
            resamples: 200
            tests:
              - id: rows
                kind: parity
                set: rows.jsonl
                labels: [granted, refused]
                favourable: [granted]
                groups: {g: [a, b]}
                minimum: 5
                limits: {demographic-parity-ratio: 0.80}
            """,
            granting());
    return result.tests().getFirst().findings().stream()
        .flatMap(finding -> finding.judgements().stream())
        .map(Finding.Judgement::verdict)
        .toList();
  }

  private static LabelScorer granting() {
    return Scorers.each(
        (_, text) -> text.equals("yes") ? new double[] {0.9, 0.1} : new double[] {0.1, 0.9});
  }

  /** Whoever is of no group by more than chance gets p-values that are anything with one chance. */
  @Test
  void shuffledGroupsGiveUniformPValues() throws IOException {
    SplittableRandom random = new SplittableRandom(20261130);
    List<Double> p = new ArrayList<>();
    for (int round = 0; round < 120; round++) {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        lines.add(
            "{\"id\":%d,\"text\":\"%s\",\"groups\":{\"g\":\"%s\"}}"
                .formatted(
                    i, random.nextInt(10) < 4 ? "yes" : "no", random.nextBoolean() ? "a" : "b"));
      }
      Files.write(folder.resolve("rows.jsonl"), lines);
      BiasRun.Result result =
          result(
              """
              version: 1
              name: shuffled
              seed: 1
              resamples: 200
              tests:
                - id: rows
                  kind: parity
                  set: rows.jsonl
                  labels: [granted, refused]
                  favourable: [granted]
                  groups: {g: [a, b]}
                  limits: {demographic-parity-ratio: 0.80}
              """,
              granting());
      p.add(result.tests().getFirst().findings().getFirst().p().orElseThrow());
    }
    double[] sorted = p.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double above = 0;
    double distance = 0;
    for (int i = 0; i < sorted.length; i++) {
      // Fisher's p is discrete and never too small: it may lie above the diagonal.
      above = Math.max(above, (i + 1.0) / sorted.length - sorted[i]);
      distance =
          Math.max(
              distance,
              Math.max(
                  (i + 1.0) / sorted.length - sorted[i], sorted[i] - i / (double) sorted.length));
    }
    // Kolmogorov and Smirnov at 1 % of 120 values: 1.63 / √120, and what is discrete beside it.
    assertThat(above).as("seed 20261130").isLessThan(1.63 / Math.sqrt(sorted.length));
    assertThat(distance).as("seed 20261130").isLessThan(1.63 / Math.sqrt(sorted.length) + 0.05);
  }

  @Test
  void theSamePlanGivesTheSameBytes() {
    String small =
        standard().replace("cases: 800", "cases: 60").replace("minimum: 100", "cases: 600");
    small = small.replaceFirst("(?s)(cases: 60\n.*?)    cases: 600\n", "$1");
    BiasRun.Result first = result(small, Scorers.fair());
    BiasRun.Result second = result(small, Scorers.fair());
    assertThat(second.answers()).isEqualTo(first.answers());
    assertThat(second.tests()).isEqualTo(first.tests());
    String other = small.replace("seed: 20261130", "seed: 1");
    assertThat(result(other, Scorers.fair()).answers()).isNotEqualTo(first.answers());
  }

  @Test
  void halfARunSaysNothing() {
    int[] asked = {0};
    Optional<BiasRun.Result> none =
        run(standard()).run(Scorers.fair(), (_, _) -> asked[0]++, () -> asked[0] == 5);
    assertThat(none).isEmpty();
    assertThat(asked[0]).isEqualTo(5);
  }

  /** Rows of a group that is in the plan, and in no row, do not make the others pass. */
  @Test
  void aGroupWithoutRowsIsNotForgotten() throws IOException {
    Files.writeString(
        folder.resolve("rows.jsonl"),
        "{\"id\":1,\"text\":\"yes\",\"groups\":{\"g\":\"a\"}}\n"
            + "{\"id\":2,\"text\":\"yes\",\"groups\":{\"g\":\"c\"}}\n");
    BiasRun.Result result =
        result(
            """
            version: 1
            name: one group
            seed: 1
            tests:
              - id: rows
                kind: parity
                set: rows.jsonl
                labels: [granted, refused]
                favourable: [granted]
                groups: {g: [a, b]}
                minimum: 2
            """,
            granting());
    assertThat(result.verdict()).isEqualTo(Verdict.INSUFFICIENT_DATA);
    assertThat(result.tests().getFirst().leftOut()).isEqualTo(1);
    assertThat(wrong(result, Verdict.INSUFFICIENT_DATA))
        .containsExactly(
            "rows g demographic-parity-ratio",
            "rows g demographic-parity-difference",
            "rows g equalised-odds-difference");
  }

  @Test
  void aSetThatDoesNotFitIsTold() throws IOException {
    Files.writeString(folder.resolve("rows.jsonl"), "{\"id\":1,\"text\":\"yes\"}\n");
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() ->
            run(
                """
                version: 1
                name: wrong form
                seed: 1
                tests:
                  - id: rows
                    kind: parity
                    set: rows.jsonl
                    labels: [granted, refused]
                    favourable: [granted]
                    groups: {g: [a, b]}
                """))
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance.bias-set-form"));
  }
}
