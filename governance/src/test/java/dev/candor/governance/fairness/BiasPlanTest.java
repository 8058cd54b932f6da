package dev.candor.governance.fairness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.GovernanceException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BiasPlanTest {

  private static final String PLAN =
      """
      version: 1
      name: small
      seed: 3
      tests:
        - id: first
          kind: name-swap
          set: triage-urgency
          names: given-names
          cases: 10
          labels: [urgent, not urgent]
          favourable: [urgent]
          groups: {gender: [female, male]}
          reference: {gender: female}
      """;

  private static BiasPlan parse(String yaml) {
    return BiasPlan.parse(yaml.getBytes(UTF_8));
  }

  @Test
  void thePlanThatComesWithCandorIsOne() {
    BiasPlan plan = BiasPlan.parse(BiasPlan.standardText());
    assertThat(plan.basis()).isEqualTo(BiasPlan.FIRM_POLICY);
    assertThat(plan.sets()).containsExactly("given-names", "triage-urgency");
    assertThat(limits(plan.tests().get(0)))
        .isEqualTo(
            "demographic-parity-ratio 0.8, demographic-parity-difference 0.1,"
                + " equalised-odds-difference 0.1");
    assertThat(limits(plan.tests().get(1))).isEqualTo("flip-rate 0.01, flip-rate-bound 0.02");
  }

  private static String limits(BiasTest test) {
    return test.limits().stream()
        .map(limit -> limit.key() + " " + limit.value())
        .collect(Collectors.joining(", "));
  }

  @Test
  void whatIsLeftOutIsFirmPolicy() {
    BiasPlan plan = parse(PLAN);
    assertThat(plan.basis()).isEqualTo(BiasPlan.FIRM_POLICY);
    assertThat(plan.confidence()).isEqualTo(0.95);
    assertThat(plan.power()).isEqualTo(0.8);
    assertThat(limits(plan.tests().getFirst())).isEqualTo("flip-rate 0.01, flip-rate-bound 0.02");
    BiasTest parity =
        parse(PLAN.replace("name-swap", "parity").replace("    reference: {gender: female}\n", ""))
            .tests()
            .getFirst();
    assertThat(limits(parity)).startsWith("demographic-parity-ratio 0.8, ");
    assertThat(parity.intersections()).isFalse();
  }

  /** Each mistake is told with its line. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          version: 1           | version: 2            | bias-plan-malformed | line 1: version is not 1
          name: small          | nam: small            | bias-plan-key       | Did you mean 'name'
          seed: 3              | seed: -3              | bias-plan-malformed | line 3: seed is '-3'
          seed: 3              | "seed: 3\\nconfidence: 2" | bias-plan-malformed | line 4: confidence is '2'
          kind: name-swap      | kind: name-swop       | bias-plan-key       | Did you mean 'name-swap'
          set: triage-urgency  | set: triage-urgent    | bias-plan-key       | Did you mean 'triage-urgency'
          set: triage-urgency  | set: ../other.jsonl   | bias-plan-malformed | line 7: set is '../other.jsonl'
          set: triage-urgency  | set: /etc/other.jsonl | bias-plan-malformed | a file in the plan's folder
          cases: 10            | cases: 0              | bias-plan-malformed | line 9: cases is '0'
          favourable: [urgent] | favourable: [urgnt]   | bias-plan-key       | Did you mean 'urgent'
          favourable: [urgent] | favourable: [urgent, not urgent] | bias-plan-malformed | every label is favourable
          "labels: [urgent, not urgent]" | labels: [urgent] | bias-plan-malformed | labels has 1 element
          "[female, male]}"    | [female]}              | bias-plan-malformed | gender has 1 group
          "{gender: female}"   | "{gender: femal}"      | bias-plan-key       | Did you mean 'female'
          "{gender: female}"   | "{}"                   | bias-plan-malformed | reference has no gender
          names: given-names   | minimum: 5             | bias-plan-malformed | a test has no names
          cases: 10            | intersections: true    | bias-plan-malformed | name-swap has no intersections
          cases: 10            | "limits: {flip-rat: 1}" | bias-plan-key     | Did you mean 'flip-rate'
          cases: 10            | "limits: {flip-rate: 1.5}" | bias-plan-malformed | flip-rate is '1.5'
          cases: 10            | "limits: {}"           | bias-plan-malformed | nothing would be judged
          "labels: [urgent, not urgent]" | "labels: [&a urgent, *a]" | bias-plan-malformed | an anchor or an alias
          """)
  void aMistakeIsTold(String right, String wrong, String reason, String words) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> parse(PLAN.replace(right, wrong.replace("\\n", "\n"))))
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance." + reason))
        .satisfies(e -> assertThat(e.getMessage() + " " + e.remedy()).contains(words));
  }

  @Test
  void whatIsTooLargeIsNotRead() {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> BiasPlan.parse(new byte[BiasPlan.MOST_BYTES + 1]))
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance.bias-plan-too-large"));
  }

  /** Every test of the plan that people begin with has rows enough for its limits. */
  @Test
  void theBuiltInSetsAreLargeEnough() {
    BiasPlan plan = BiasPlan.parse(BiasPlan.standardText());
    BiasRun run = new BiasRun(plan, BiasSets.of(plan, Path.of("")));
    assertThat(run.questions())
        .containsEntry("urgency", 6_912)
        .containsEntry("urgency-names", 7_200);
    List<BiasSet.NameRow> names = ((BiasSet.Names) BuiltInSets.set("given-names")).rows();
    assertThat(
            names.stream()
                .collect(Collectors.groupingBy(BiasSet.NameRow::groups, Collectors.counting())))
        .hasSize(8)
        .allSatisfy((_, count) -> assertThat(count).isEqualTo(12));
    assertThat(run.examples("urgency", 10_000)).doesNotHaveDuplicates();
  }
}
