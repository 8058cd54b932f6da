package dev.candor.training.lessons;

import java.util.List;
import java.util.Optional;

/** Expressions to work out step by step. */
final class ArithmeticLesson implements Lesson {

  private static final List<String> OPERATOR_WORDS =
      List.of("plus", "minus", "times", "divided by");
  private static final String OPERATORS = "+-*/";

  private final Grammar grammar = Grammar.read("arithmetic");
  private final long seed;
  private final int leastSteps;
  private final int mostSteps;

  /** Expressions of so many operations. */
  ArithmeticLesson(long seed, int leastSteps, int mostSteps) {
    this.seed = seed;
    this.leastSteps = leastSteps;
    this.mostSteps = mostSteps;
  }

  @Override
  public String name() {
    return "arithmetic-" + mostSteps;
  }

  @Override
  public Exercise exercise(Split split, long index) {
    Draws draws = Draws.of(seed, name(), split, index);
    Calculation calculation = calculation(split, draws);
    Expansion expansion = new Expansion(grammar, split, draws);
    String written = calculation.expression().text();
    expansion.bind("sum", inWords(written, draws));
    String prompt = expansion.write(expansion.phrasing("bare"));
    calculation.key().ifPresent(expansion::noteValue);
    return new Exercise(
        prompt, calculation.answer(), name(), expansion.families(), expansion.values());
  }

  private Calculation calculation(Split split, Draws draws) {
    while (true) {
      int steps = draws.between(leastSteps, mostSteps);
      Optional<Calculation> calculation = Calculation.of(expression(steps, draws));
      if (calculation.isPresent() && calculation.get().isFor(split)) {
        return calculation.get();
      }
    }
  }

  private static Expression expression(int operations, Draws draws) {
    if (operations == 0) {
      return new Expression.Constant(number(draws));
    }
    char operator = draws.pick("+++---****/");
    if (operator == '/') {
      int divisor = draws.between(2, Expression.LARGEST_DIVISOR);
      Expression quotient =
          new Expression.Operation(
              '/',
              new Expression.Constant(divisor * draws.between(2, 99)),
              new Expression.Constant(divisor));
      return operations == 1
          ? quotient
          : new Expression.Operation(draws.pick("+-"), quotient, expression(operations - 2, draws));
    }
    int left = draws.below(operations);
    return new Expression.Operation(
        operator, expression(left, draws), expression(operations - 1 - left, draws));
  }

  /** Of one to four digits, fewer more often. */
  private static int number(Draws draws) {
    int percent = draws.below(100);
    return percent < 35
        ? draws.between(1, 9)
        : percent < 75
            ? draws.between(10, 99)
            : percent < 92 ? draws.between(100, 999) : draws.between(1000, Expression.LARGEST);
  }

  /** Sometimes with words for operators, with other signs, or without spaces. */
  private static String inWords(String expression, Draws draws) {
    int way = draws.below(12);
    if (way == 0 && !expression.contains("(")) {
      String words = expression;
      for (int i = 0; i < OPERATORS.length(); i++) {
        words = words.replace(OPERATORS.substring(i, i + 1), OPERATOR_WORDS.get(i));
      }
      return words;
    }
    return switch (way) {
      case 1, 2 -> expression.replace(" ", "");
      case 3 -> expression.replace('*', 'x');
      default -> expression;
    };
  }
}
