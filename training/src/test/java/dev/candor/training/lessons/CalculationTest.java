package dev.candor.training.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.training.TrainingException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalculationTest {

  private static final Pattern PRINTED = Pattern.compile("[0-9(][0-9+*/() -]*[0-9)]");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "17 + 25;17 + 25 = 42",
        "2 * (3 + 4);3 + 4 = 7/2 * 7 = 14",
        "47 * 23;47 * 23 = 940 + 141 = 1081",
        "40 * 23;40 * 23 = 920",
        "84 / 7 - 2 * 3;84 / 7 = 12/2 * 3 = 6/12 - 6 = 6",
        "9 - (5 - 3);5 - 3 = 2/9 - 2 = 7"
      })
  void stepsAreInTheirOrder(String expression, String lines) {
    Expression read = Expression.parse(expression);

    assertThat(read.text()).isEqualTo(expression);
    assertThat(read.steps().orElseThrow().stream().map(Expression.Step::text))
        .containsExactly(lines.split("/(?=[0-9])"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"3 - 5", "100 * 2", "9999 + 1", "7 / 2", "20 / 10", "4 / 0"})
  void whatIsNotTaughtHasNoSteps(String expression) {
    assertThat(Expression.parse(expression).steps()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3 +", "(3 + 4", "3 4", "A", "12345"})
  void otherTextsAreErrors(String text) {
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> Expression.parse(text))
        .satisfies(e -> assertThat(e.code()).isEqualTo("training.grammar"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"arithmetic-1", "arithmetic-2", "arithmetic-4"})
  void answersAreTheValuesOfThePrompts(String name) {
    Lesson lesson = SampleLessons.lessons().lesson(name);
    for (Split split : Split.values()) {
      SampleLessons.exercises(lesson, split, 3000)
          .forEach(exercise -> {
            String prompt =
                exercise
                    .prompt()
                    .toLowerCase(Locale.ROOT)
                    .replace("divided by", "/")
                    .replace("plus", "+")
                    .replace("minus", "-")
                    .replace("times", "*")
                    .replaceAll("(?<=[0-9) ])x(?=[0-9( ])", "*");
            Matcher matcher = PRINTED.matcher(prompt);
            assertThat(matcher.find()).as(prompt).isTrue();
            assertThat(exercise.answer())
                .as(prompt)
                .endsWith("\nAnswer: " + value(matcher.group()));
            checkSteps(exercise);
          });
    }
  }

  @Test
  void storiesAreWorkedOutRightly() {
    Lesson lesson = SampleLessons.lessons().lesson("word-problems");
    for (Split split : Split.values()) {
      SampleLessons.exercises(lesson, split, 3000).forEach(CalculationTest::checkSteps);
    }
  }

  /** Each line is true, and the last result is the answer. */
  private static void checkSteps(Exercise exercise) {
    List<String> lines = exercise.answer().lines().toList();
    String last = "";
    for (String line : lines.subList(0, lines.size() - 1)) {
      String[] sides = line.split(" = ");
      for (String side : sides) {
        assertThat(value(side)).as(exercise.toString()).isEqualTo(value(sides[0]));
      }
      last = sides[sides.length - 1];
    }
    assertThat(lines.getLast()).isEqualTo("Answer: " + last);
  }

  /** Dijkstra's two stacks: not the way that the lessons work it out. */
  private static int value(String expression) {
    Deque<Integer> numbers = new ArrayDeque<>();
    Deque<Character> operators = new ArrayDeque<>();
    Matcher matcher = Pattern.compile("[0-9]+|[-+*/()]").matcher(expression);
    while (matcher.find()) {
      String token = matcher.group();
      char c = token.charAt(0);
      if (Character.isDigit(c)) {
        numbers.push(Integer.parseInt(token));
      } else if (c == '(') {
        operators.push(c);
      } else if (c == ')') {
        while (operators.peek() != '(') {
          reduce(numbers, operators.pop());
        }
        operators.pop();
      } else {
        while (!operators.isEmpty() && binding(operators.peek()) >= binding(c)) {
          reduce(numbers, operators.pop());
        }
        operators.push(c);
      }
    }
    while (!operators.isEmpty()) {
      reduce(numbers, operators.pop());
    }
    return numbers.pop();
  }

  private static int binding(char operator) {
    return switch (operator) {
      case '(' -> 0;
      case '+', '-' -> 1;
      default -> 2;
    };
  }

  private static void reduce(Deque<Integer> numbers, char operator) {
    int right = numbers.pop();
    int left = numbers.pop();
    numbers.push(
        switch (operator) {
          case '+' -> left + right;
          case '-' -> left - right;
          case '*' -> left * right;
          default -> left / right;
        });
  }
}
