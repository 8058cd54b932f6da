package dev.candor.training.lessons;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Derives the answers again from what the prompts say. */
class FactsLessonTest {

  private final Grammar grammar = Grammar.read("facts", "words");

  @ParameterizedTest
  @EnumSource(Split.class)
  void answersFollowFromWhatIsStated(Split split) {
    Set<String> answers = new LinkedHashSet<>();
    SampleLessons.exercises(SampleLessons.lessons().lesson("facts"), split, 5000)
        .forEach(exercise -> {
          answers.add(exercise.answer());
          assertThat(exercise.answer()).as(exercise.toString()).isEqualTo(derive(exercise));
        });
    assertThat(answers).containsExactlyInAnyOrder("yes", "no", "not stated");
  }

  private String derive(Exercise exercise) {
    String family = exercise.families().getFirst();
    String rule = family.substring(family.indexOf('/') + 1, family.indexOf('#'));
    Phrase phrase =
        grammar.rule(rule).phrases().stream()
            .filter(each -> grammar.rule(rule).family(each).equals(family.substring(6)))
            .findFirst()
            .orElseThrow();
    String[] sides = phrase.source().split(" => ");
    String prompt = exercise.prompt();
    return switch (rule.substring(0, rule.indexOf('.'))) {
      case "about" -> {
        Map<String, String> values = facts(sides[0], "x", "v", prompt);
        Matcher question = question(sides[1], prompt);
        yield verdict(values.getOrDefault(question.group("x"), ""), question.group("v"));
      }
      case "state" -> {
        String subject = question(sides[2], prompt).group("x");
        boolean holds = prompt.contains(sides[0].replace("{x}", subject));
        boolean fails = prompt.contains(sides[1].replace("{x}", subject));
        assertThat(holds && fails).isFalse();
        yield holds ? "yes" : fails ? "no" : "not stated";
      }
      case "compare" -> {
        Map<String, String> numbers = facts(sides[0], "x", "n", prompt);
        Matcher question = question(sides[1], prompt);
        String left = numbers.getOrDefault(question.group("x"), "");
        String right = numbers.getOrDefault(question.group("y"), "");
        yield left.isEmpty() || right.isEmpty()
            ? "not stated"
            : Integer.parseInt(left) > Integer.parseInt(right) == sides[2].equals("more")
                ? "yes"
                : "no";
      }
      default -> {
        Map<String, String> links = facts(sides[0], "x", "l", prompt);
        Map<String, String> values = facts(sides[1], "l", "v", prompt);
        Matcher question = question(sides[2], prompt);
        String link = links.getOrDefault(question.group("x"), "");
        yield verdict(values.getOrDefault(link, ""), question.group("v"));
      }
    };
  }

  private static String verdict(String stated, String asked) {
    return stated.isEmpty() ? "not stated" : stated.equals(asked) ? "yes" : "no";
  }

  private static Map<String, String> facts(String phrase, String key, String value, String prompt) {
    Map<String, String> facts = new LinkedHashMap<>();
    Matcher matcher = pattern(phrase).matcher(prompt);
    while (matcher.find()) {
      facts.put(matcher.group(key), matcher.group(value));
    }
    return facts;
  }

  private static Matcher question(String phrase, String prompt) {
    Matcher matcher = pattern(phrase).matcher(prompt);
    assertThat(matcher.find()).as("%s in %s", phrase, prompt).isTrue();
    return matcher;
  }

  /** A phrase with a group for each slot, behind a space or at the beginning. */
  private static Pattern pattern(String phrase) {
    StringBuilder expression = new StringBuilder("(?:^|(?<= ))");
    Matcher slots = Pattern.compile("\\{([a-z])}").matcher(phrase);
    Set<String> seen = new LinkedHashSet<>();
    int end = 0;
    while (slots.find()) {
      expression.append(Pattern.quote(phrase.substring(end, slots.start())));
      String name = slots.group(1);
      expression.append(seen.add(name) ? "(?<" + name + ">[^.:?]+?)" : "\\k<" + name + ">");
      end = slots.end();
    }
    return Pattern.compile(expression + Pattern.quote(phrase.substring(end)));
  }
}
