package dev.candor.governance.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RatingMethodTest {

  private static final RatingMethod METHOD = RatingMethod.standard();
  private static final List<String> ANSWERS = List.copyOf(METHOD.points().keySet());

  static Map<String, String> all(String answer) {
    Map<String, String> answers = new LinkedHashMap<>();
    METHOD.criteria().forEach(criterion -> answers.put(criterion.id(), answer));
    return answers;
  }

  private static Map<String, String> random(Random random) {
    Map<String, String> answers = new LinkedHashMap<>();
    for (RatingCriterion criterion : METHOD.criteria()) {
      answers.put(criterion.id(), ANSWERS.get(random.nextInt(ANSWERS.size())));
    }
    return answers;
  }

  @Test
  void criteriaAreTheElevenOfTheGuidelineAndProvenance() {
    assertThat(METHOD.criteria().stream().filter(RatingCriterion::quantitative)).hasSize(6);
    assertThat(METHOD.criteria().stream().filter(it -> !it.quantitative())).hasSize(6);
  }

  @Test
  void theScaleIsWhatItsFileSays() {
    assertThat(METHOD.rate(all("none")).rating()).isEqualTo(RiskRating.NEGLIGIBLE);
    assertThat(METHOD.rate(all("low")).rating()).isEqualTo(RiskRating.LOW);
    assertThat(METHOD.rate(all("medium")).rating()).isEqualTo(RiskRating.HIGH);
    assertThat(METHOD.rate(all("high")).rating()).isEqualTo(RiskRating.HIGH);
    assertThat(METHOD.rate(all("none")).most()).isEqualTo(3 * 29);
    assertThat(METHOD.rate(all("low")).points()).isEqualTo(29);
  }

  @Test
  void whatNobodyAnswersIsTheWorst() {
    Rating rating = METHOD.rate(Map.of());
    assertThat(rating.rating()).isEqualTo(RiskRating.HIGH);
    assertThat(rating.answers().values()).containsOnly("unknown");
    assertThat(rating.points()).isEqualTo(rating.most());
  }

  @Test
  void unknownProvenanceRaisesTheRatingAndIsNeverLow() {
    Map<String, String> answers = all("none");
    answers.put(RatingMethod.PROVENANCE, "unknown");
    assertThat(METHOD.rate(answers).rating()).isEqualTo(RiskRating.MEDIUM);
    assertThat(METHOD.rate(answers).floors()).containsExactly("provenance=unknown");
    Random random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      Map<String, String> some = random(random);
      some.put(RatingMethod.PROVENANCE, "unknown");
      Rating unknown = METHOD.rate(some);
      assertThat(unknown.rating()).isGreaterThanOrEqualTo(RiskRating.MEDIUM);
      some.put(RatingMethod.PROVENANCE, "low");
      assertThat(unknown.rating()).isGreaterThanOrEqualTo(METHOD.rate(some).rating());
      assertThat(unknown.points()).isGreaterThan(METHOD.rate(some).points());
    }
  }

  /** The same answers give the same rating, and a worse answer never a better one. */
  @Test
  void aWorseAnswerIsNeverRatedLower() {
    Random random = new Random(11);
    List<String> ascending = List.of("none", "low", "medium", "high", "unknown");
    for (int round = 0; round < 2_000; round++) {
      Map<String, String> answers = random(random);
      Rating rating = METHOD.rate(answers);
      assertThat(METHOD.rate(new LinkedHashMap<>(answers))).isEqualTo(rating);
      String id = METHOD.criteria().get(random.nextInt(METHOD.criteria().size())).id();
      int now = ascending.indexOf(answers.get(id));
      answers.put(id, ascending.get(Math.min(now + 1, ascending.size() - 1)));
      assertThat(METHOD.rate(answers).rating()).isGreaterThanOrEqualTo(rating.rating());
    }
  }

  @Test
  void whatFollowsGrowsWithTheRating() {
    RatingRule before = METHOD.rule(RiskRating.NEGLIGIBLE);
    for (RiskRating rating : RiskRating.values()) {
      RatingRule rule = METHOD.rule(rating);
      assertThat(rule.reviewMonths()).isLessThanOrEqualTo(before.reviewMonths());
      assertThat(rule.evidence()).containsAll(before.evidence());
      assertThat(rule.monitors()).containsAll(before.monitors());
      before = rule;
    }
    assertThat(METHOD.rule(RiskRating.LOW).allows(Role.OPERATE)).isTrue();
    assertThat(METHOD.rule(RiskRating.HIGH).allows(Role.OPERATE)).isFalse();
    assertThat(METHOD.rule(RiskRating.HIGH).allows(Role.GOVERN)).isTrue();
    assertThat(METHOD.rule(RiskRating.HIGH).allows(Role.AUDIT)).isFalse();
    assertThat(METHOD.rule(Optional.empty())).isEqualTo(METHOD.rule(RiskRating.HIGH));
  }

  @Test
  void wordsThatAreNoneAreTold() {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> METHOD.rate(Map.of("importnace", "low")))
        .satisfies(e -> assertThat(e.remedy()).contains("importance"));
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> METHOD.rate(Map.of("importance", "huge")))
        .satisfies(e -> assertThat(e.remedy()).contains("none, low, medium, high, unknown"));
  }
}
