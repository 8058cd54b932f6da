package dev.candor.governance.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.policy.PolicyInput.ConsentFacts;
import dev.candor.governance.policy.PolicyInput.ModelFacts;
import dev.candor.governance.policy.PolicyInput.Request;
import dev.candor.governance.policy.RuleTrace.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {

  private static final ModelFacts MODEL =
      new ModelFacts("mini", "ab".repeat(32), "llama", 3_000_000);

  static PolicyInput input(String purpose, boolean subject, ConsentFacts consent) {
    return new PolicyInput(
        new Request(
            purpose, "anna", List.of("invoke"), "choose", List.of("yes", "no"), subject, 40, 16),
        consent,
        MODEL,
        "");
  }

  private static PolicyVerdict decide(String deny, String allow) {
    return policy(deny, allow).decide(input("assistance", false, ConsentFacts.NONE));
  }

  private static Policy policy(String deny, String allow) {
    return Policy.parse(
        """
        version: 1
        name: test
        deny:
          - id: denies
            when: >-
              %s
            reason: it must not
        allow:
          - id: allows
            when: >-
              %s
            reason: it may
        """
            .formatted(deny, allow));
  }

  @Test
  void theStandardPolicyAllowsLocalWork() {
    Policy policy = Policy.standard();
    PolicyVerdict verdict = policy.decide(input("assistance", false, ConsentFacts.NONE));
    assertThat(verdict.allowed()).isTrue();
    assertThat(verdict.rule()).isEqualTo("local-work");
    assertThat(verdict.trace())
        .extracting(RuleTrace::rule)
        .containsExactly("subject-without-consent", "not-an-invoker", "local-work");
    assertThat(policy.digest()).hasSize(64);
  }

  @Test
  void theStandardPolicyWantsConsentWhereSomebodyIsNamed() {
    Policy policy = Policy.standard();
    assertThat(policy.decide(input("triage", true, ConsentFacts.NONE)).rule())
        .isEqualTo("subject-without-consent");
    assertThat(
            policy
                .decide(input("triage", true, new ConsentFacts(true, List.of("triage"))))
                .allowed())
        .isTrue();
  }

  @Test
  void refusedUsesAreRefusedWhateverTheRulesSay() {
    Policy policy = Policy.standard();
    assertThat(policy.refused()).hasSizeGreaterThan(10);
    for (RefusedUse use : policy.refused()) {
      PolicyVerdict verdict =
          policy.decide(input(use.purpose(), true, new ConsentFacts(true, List.of(use.purpose()))));
      assertThat(verdict.allowed()).isFalse();
      assertThat(verdict.rule()).isEqualTo(PolicyVerdict.REFUSED_USE);
      assertThat(verdict.reason()).contains(use.purpose(), use.basis(), use.reason());
      assertThat(use.basis()).isEqualTo("firm policy");
    }
  }

  @Test
  void whatNothingAllowsIsDenied() {
    assertThat(decide("false", "false").rule()).isEqualTo(PolicyVerdict.DEFAULT_DENY);
    PolicyVerdict verdict =
        Policy.parse("version: 1\nname: empty\n")
            .decide(input("assistance", false, ConsentFacts.NONE));
    assertThat(verdict.allowed()).isFalse();
    assertThat(verdict.trace()).isEmpty();
  }

  @Test
  void denyingWins() {
    PolicyVerdict verdict = decide("true", "true");
    assertThat(verdict.allowed()).isFalse();
    assertThat(verdict.rule()).isEqualTo("denies");
    assertThat(verdict.reason()).isEqualTo("it must not");
    assertThat(verdict.trace())
        .extracting(RuleTrace::outcome)
        .containsExactly(Outcome.TRUE, Outcome.TRUE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "request.labels[7] == 'x' | true | denies",
        "false | request.labels[7] == 'x' | allows",
        "false | 1 / (request.promptTokens - 40) == 1 | allows",
        "false | 9223372036854775807 + request.promptTokens > 0 | allows",
        "false | request.purpose.matches('(a{100}){100}') | allows",
        "false | request.purpose.matches(request.principal + '(') | allows",
        "request.labels[-1] == 'x' | true | denies"
      })
  void aRuleWithoutValueDenies(String deny, String allow, String rule) {
    PolicyVerdict verdict = decide(deny, allow);
    assertThat(verdict.allowed()).isFalse();
    assertThat(verdict.rule()).isEqualTo(rule);
    assertThat(verdict.reason()).contains(rule).contains("has no value");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "request.purpose == 'assistance'",
        "request.purpose in ['a', 'assistance']",
        "request.principal.startsWith('an') && request.principal.endsWith('na')",
        "request.purpose.contains('sist') && request.purpose.matches('^a.*e$')",
        "'invoke' in request.roles && !('audit' in request.roles)",
        "request.labels.all(l, size(l) <= 3) && request.labels.exists(l, l == 'no')",
        "request.labels.exists_one(l, l == 'yes')",
        "size(request.labels.filter(l, l != 'no')) == 1",
        "request.labels[0] == 'yes' && request.kind == 'choose'",
        "request.promptTokens + request.maximumTokens <= 56",
        "request.promptTokens * 2 - 1 == 79 && request.promptTokens / 3 == 13 && -request.promptTokens % 7 == -5",
        "model.weightBytes < 4000000 && model.weightBytes >= 3000000 && model.weightBytes != 1",
        "model.architecture == 'llama' && model.name > 'm' && size(model.digest) == 64",
        "adapter.digest == '' ? !request.subject : false",
        "consent.purposes == [] && !consent.given",
        "request.labels + ['maybe'] == ['yes', 'no', 'maybe']",
        "true || request.labels[7] == 'x'",
        "request.labels[7] == 'x' || true",
        "!(request.labels[7] == 'x' && false) && !(false && request.labels[7] == 'x')",
        "'a' + 'b' == 'ab' && size('ä😀') == 2",
        "'assistance'.matches('sist') && !'assistance'.matches('^sist')",
        "9223372036854775807 - request.promptTokens > 0 && -7 / 2 == -3"
      })
  void expressions(String expression) {
    assertThat(decide("false", expression).allowed()).isTrue();
    assertThat(decide("!(" + expression + ")", "true").allowed()).isTrue();
    assertThat(decide(expression, "true").rule()).isEqualTo("denies");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "request.purpos == 'a' | undeclared reference",
        "request.purpose == 1 | no matching overload",
        "request.promptTokens | expected type 'bool'",
        "request.purpose == | mismatched input",
        "timestamp('2026-01-01T00:00:00Z') < timestamp('2027-01-01T00:00:00Z') | undeclared reference",
        "1.5 < 2.0 | neither bool, int nor string",
        "{'a': true}['a'] | ",
        "request.labels.map(l, l + l) == [] | undeclared reference",
        "system('x') | undeclared reference"
      })
  void expressionsThatDoNotFitAreNamed(String expression, String why) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> policy("false", expression))
        .withMessageContaining("rule allows")
        .withMessageContaining("line 10")
        .withMessageContaining(why == null ? "" : why)
        .extracting(GovernanceException::code)
        .isEqualTo("governance.policy-expression");
  }

  @ParameterizedTest
  @CsvSource({
    "request.purpos == 'a',request.purpose",
    "true && request.maxTokens > 1,request.maximumTokens",
    "request.principal.startWith('a'),startsWith",
    "consent.give,consent.given"
  })
  void whatWasMeantIsSuggested(String expression, String suggestion) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> policy("false", expression))
        .extracting(GovernanceException::remedy)
        .asString()
        .startsWith("Did you mean " + suggestion + "?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "versio: 1 | policy-key | line 1",
        "name: x | policy-malformed | version is missing",
        "version: 1 | policy-malformed | name is missing",
        "version: 2#name: x | policy-malformed | version is 2",
        "version: 1#name: x#name: y | policy-malformed | line 3",
        "version: 1#name: x#allow: y | policy-malformed | allow is not a list",
        "version: 1#name: x#allow:#  - a | policy-malformed | line 4",
        "version: 1#name: x#allow:#  - id: a#    wen: b | policy-key | line 5",
        "version: 1#name: x#allow:#  - id: A#    when: 'true'#    reason: r | policy-malformed | line 4",
        "version: 1#name: x#allow:#  - id: default-deny#    when: 'true'#    reason: r | policy-malformed | reserved",
        "version: 1#name: x#allow:#  - id: a#    when: 'true' | policy-malformed | rule a has no reason",
        "version: 1#name: x#deny: &a#  - id: a#    when: 'true'#    reason: r#allow: *a | policy-malformed | anchor",
        "version: 1#name: x#allow: [[ | policy-malformed | line 3",
        "version: 1#name: x#---#version: 1 | policy-malformed | second document",
        "- a | policy-malformed | line 1",
        "'' | policy-malformed | line 1",
        "version: 1#name: x#refused:#  - purpose: a b#    reason: r | policy-malformed | line 4"
      })
  void filesThatDoNotFitAreNamed(String lines, String reason, String why) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> Policy.parse(lines.replace('#', '\n')))
        .withMessageContaining(why)
        .extracting(GovernanceException::code)
        .isEqualTo("governance." + reason);
  }

  @Test
  void unknownKeysAreCorrected() {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> Policy.parse("version: 1\nname: x\nalow: []\n"))
        .extracting(GovernanceException::remedy)
        .asString()
        .contains("'allow'");
  }

  @Test
  void limitsHold() {
    StringBuilder many = new StringBuilder("version: 1\nname: x\nallow:\n");
    for (int i = 0; i <= PolicyReader.MOST_RULES; i++) {
      many.append("  - {id: r%d, when: 'true', reason: r}\n".formatted(i));
    }
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> Policy.parse(many.toString()))
        .withMessageContaining("256");
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> Policy.parse(new byte[PolicyReader.MOST_BYTES + 1]))
        .withMessageContaining("262145");
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> policy("false", "'" + "x".repeat(4096) + "' == ''"))
        .extracting(GovernanceException::code)
        .isEqualTo("governance.policy-expression");
    assertThat(decide("false", "(".repeat(20) + "true" + ")".repeat(20)).allowed()).isTrue();
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> policy("false", "(".repeat(500) + "true" + ")".repeat(500)))
        .extracting(GovernanceException::code)
        .isEqualTo("governance.policy-expression");
  }

  /** Loops end: what would take too many turns has no value, and denies. */
  @Test
  void nestedLoopsEnd() {
    List<String> labels = java.util.Collections.nCopies(256, "x");
    PolicyInput input =
        new PolicyInput(
            new Request("assistance", "anna", List.of(), "choose", labels, false, 1, 1),
            ConsentFacts.NONE,
            MODEL,
            "");
    String loops =
        "request.labels.all(a, request.labels.all(b, request.labels.all(c, request.labels.all(d, true))))";
    PolicyVerdict verdict = policy("false", loops).decide(input);
    assertThat(verdict.allowed()).isFalse();
    assertThat(verdict.rule()).isEqualTo("allows");
  }

  @Test
  void digestIsOfTheBytes() {
    // printf 'version: 1\nname: x\n' | sha256sum
    assertThat(Policy.parse("version: 1\nname: x\n".getBytes(StandardCharsets.UTF_8)).digest())
        .isEqualTo(Policy.parse("version: 1\nname: x\n").digest())
        .isNotEqualTo(Policy.parse("version: 1\nname:  x\n").digest());
  }
}
