package dev.candor.training.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.training.TrainingException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarTest {

  private static final int FEWEST_PHRASINGS = 40;
  private static final int FEWEST_KEPT_BACK = 4;

  /** The rules of phrasings: each has 40 or more, none twice. */
  @ParameterizedTest
  @CsvSource({
    "triage,intent.",
    "triage,cue.",
    "labels,text.",
    "scope,ask.",
    "word-problems,steps.",
    "arithmetic,bare",
    "copying,repeat",
    "copying,look-up",
    "extraction-invoice,text",
    "extraction-person,text",
    "extraction-service-report,text",
    "extraction-delivery,text",
    "extraction-appointment,text",
    "extraction-payment,text",
    "extraction-stock,text",
    "extraction-incident,text",
    "extraction-booking,text",
    "extraction-reading,text"
  })
  void phrasingsAreMany(String name, String prefix) {
    List<Rule> rules = Grammar.read(name).rulesFrom(prefix);
    assertThat(rules).isNotEmpty();
    for (Rule rule : rules) {
      assertThat(rule.phrases())
          .as(rule.name())
          .hasSizeGreaterThanOrEqualTo(FEWEST_PHRASINGS)
          .doesNotHaveDuplicates();
      assertThat(rule.keptBack()).hasSizeGreaterThan(FEWEST_KEPT_BACK);
      assertThat(rule.trained()).doesNotContainAnyElementsOf(rule.keptBack());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"about.", "state.", "compare.", "chain."})
  void factsOfEachSortAreMany(String sort) {
    assertThat(
            Grammar.read("facts").rulesFrom(sort).stream()
                .mapToInt(rule -> rule.phrases().size())
                .sum())
        .isGreaterThanOrEqualTo(FEWEST_PHRASINGS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"words", "facts", "extraction-person", "extraction-appointment"})
  void someOfAllValuesAreKeptBack(String name) {
    List<Rule> rules =
        Grammar.read(name).rulesFrom("").stream()
            .filter(rule -> rule.marks().containsKey("values"))
            .toList();
    assertThat(rules).isNotEmpty();
    for (Rule rule : rules) {
      List<String> values = rule.phrases().stream().map(Phrase::source).toList();
      assertThat(values).as(rule.name()).doesNotHaveDuplicates();
      assertThat(values.stream().filter(StableHash::keptBack).count())
          .as(rule.name())
          .isGreaterThanOrEqualTo(FEWEST_KEPT_BACK);
    }
  }

  @Test
  void alternativesAndSlotsAreWritten() {
    Phrase phrase = Phrase.parse("a[b[c|d]|e] {slot}.");
    Expansion expansion =
        new Expansion(Grammar.read("words"), Split.TRAIN, Draws.of(1, "x", Split.TRAIN, 0))
            .bind("slot", "X");
    for (int i = 0; i < 50; i++) {
      assertThat(expansion.write(phrase)).isIn("abc X.", "abd X.", "ae X.");
    }
    assertThat(phrase.hasSlot("slot")).isTrue();
  }

  /** A story speaks of the same things from its beginning to its end. */
  @Test
  void whatIsMarkedOnceStaysTheSame() {
    Phrase phrase = Phrase.parse("{who} {items} {who} {items} {who} {items}");
    Set<String> stories = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      Expansion expansion =
          new Expansion(
              Grammar.read("word-problems", "words"),
              Split.TRAIN,
              Draws.of(1, "x", Split.TRAIN, i));
      String story = expansion.write(phrase);
      int third = (story.length() + 1) / 3;
      assertThat(story + " ").isEqualTo((story.substring(0, third - 1) + " ").repeat(3));
      stories.add(story);
    }
    assertThat(stories).hasSizeGreaterThan(40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a [b", "a ]", "{a", "a}", "[a|{b]"})
  void bracketsThatDoNotMatchAreErrors(String line) {
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> Phrase.parse(line))
        .withMessageContaining(line)
        .satisfies(e -> assertThat(e.code()).isEqualTo("training.grammar"));
  }

  @Test
  void aMissingRuleIsNamed() {
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> Grammar.read("words").rule("colours"))
        .withMessage("the grammar words has no rule colours");
  }

  @Test
  void aRuleThatHoldsItsNameTwiceIsAnError() {
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> Grammar.read("words", "words"))
        .withMessageContaining("rule twice");
  }

  /** What is kept back must stay so: a model in the field was measured by it. */
  @Test
  void whatIsKeptBackDoesNotChange() {
    assertThat(StableHash.of("")).isEqualTo(StableHash.mix(0xcbf29ce484222325L));
    assertThat(StableHash.mix(0)).isEqualTo(0xe220a8397b1dcdafL);
    assertThat(List.of("Alan", "Grace", "Costa", "Kiel", "forklift"))
        .allMatch(StableHash::keptBack);
    assertThat(List.of("Ada", "Jones", "Berlin", "pump")).noneMatch(StableHash::keptBack);
  }
}
