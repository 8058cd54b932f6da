package dev.candor.training.lessons;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An expression worked out.
 *
 * @param answer a line for each step, then {@code Answer: 42}
 * @param key tells calculations with other numbers or operators apart; empty for those of two
 *     numbers below 20, which are the tables and belong to training
 */
record Calculation(Expression expression, String answer, Optional<String> key) {

  private static final int BELOW_IS_TABLE = 20;

  /** Of an expression, unless a step leaves the range that is taught. */
  static Optional<Calculation> of(Expression expression) {
    return expression
        .steps()
        .map(steps -> new Calculation(expression, answer(steps), key(expression)));
  }

  private static String answer(List<Expression.Step> steps) {
    return steps.stream().map(Expression.Step::text).collect(Collectors.joining("\n"))
        + "\nAnswer: "
        + steps.getLast().result();
  }

  private static Optional<String> key(Expression expression) {
    String text = expression.text();
    int[] numbers =
        Arrays.stream(text.split("[^0-9]+"))
            .filter(number -> !number.isEmpty())
            .mapToInt(Integer::parseInt)
            .sorted()
            .toArray();
    if (expression.operations() == 1 && numbers[1] < BELOW_IS_TABLE) {
      return Optional.empty();
    }
    return Optional.of(Arrays.toString(numbers) + text.replaceAll("[0-9() ]", ""));
  }

  /** Whether it may be used for the split. */
  boolean isFor(Split split) {
    return key.map(k -> StableHash.keptBack(k) == (split == Split.NEW_VALUES))
        .orElse(split != Split.NEW_VALUES);
  }
}
