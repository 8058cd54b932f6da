package dev.candor.training.lessons;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An arithmetic expression over whole numbers. */
sealed interface Expression {

  /** Largest operand and largest result. */
  int LARGEST = 9999;

  /** Largest factor. */
  int LARGEST_FACTOR = 99;

  /** What divides. */
  int LARGEST_DIVISOR = 9;

  /** A number from 0. */
  record Constant(int number) implements Expression {}

  /** A letter that stands for a number. */
  record Variable(char letter) implements Expression {}

  /**
   * @param operator one of + - * /
   */
  record Operation(char operator, Expression left, Expression right) implements Expression {}

  /**
   * A line of a calculation.
   *
   * @param text such as {@code 17 + 25 = 42}
   */
  record Step(String text, int result) {}

  /**
   * How it is worked out, one line an operation, innermost first and left before right; empty if a
   * step leaves the range that is taught: operands and results of 0 to 9,999, factors to 99, exact
   * quotients with divisors of one digit.
   */
  default Optional<List<Step>> steps() {
    List<Step> steps = new ArrayList<>();
    return value(this, steps) >= 0 ? Optional.of(steps) : Optional.empty();
  }

  /** The value, its steps added; negative if a step is out of range. */
  private static int value(Expression expression, List<Step> steps) {
    return switch (expression) {
      case Constant constant -> constant.number();
      case Variable variable ->
          throw new IllegalStateException("no number for " + variable.letter());
      case Operation operation -> {
        int left = value(operation.left(), steps);
        int right = left < 0 ? -1 : value(operation.right(), steps);
        int result = left < 0 || right < 0 ? -1 : apply(operation.operator(), left, right);
        if (result >= 0) {
          steps.add(new Step(line(operation.operator(), left, right, result), result));
        }
        yield result;
      }
    };
  }

  private static int apply(char operator, int left, int right) {
    int result =
        switch (operator) {
          case '+' -> left + right;
          case '-' -> left - right;
          case '*' -> left > LARGEST_FACTOR || right > LARGEST_FACTOR ? -1 : left * right;
          case '/' ->
              right < 2 || right > LARGEST_DIVISOR || left % right != 0 || left > 999
                  ? -1
                  : left / right;
          default -> throw new IllegalStateException("no operator " + operator);
        };
    return result > LARGEST ? -1 : result;
  }

  /** Products of two numbers of two digits show the parts that they are the sum of. */
  private static String line(char operator, int left, int right, int result) {
    String parts =
        operator == '*' && left >= 10 && right >= 10 && right % 10 != 0 && left % 10 != 0
            ? left * (right - right % 10) + " + " + left * (right % 10) + " = "
            : "";
    return left + " " + operator + " " + right + " = " + parts + result;
  }

  /** As it is written with as few parentheses as can be. */
  default String text() {
    return switch (this) {
      case Constant constant -> String.valueOf(constant.number());
      case Variable variable -> String.valueOf(variable.letter());
      case Operation operation ->
          operand(operation, operation.left(), false)
              + " "
              + operation.operator()
              + " "
              + operand(operation, operation.right(), true);
    };
  }

  private static String operand(Operation outer, Expression inner, boolean right) {
    boolean encloses =
        inner instanceof Operation operation
            && (binding(operation.operator()) < binding(outer.operator())
                || right && binding(operation.operator()) == binding(outer.operator()));
    return encloses ? "(" + inner.text() + ")" : inner.text();
  }

  private static int binding(char operator) {
    return operator == '+' || operator == '-' ? 1 : 2;
  }

  /** The same with numbers for its letters, {@code numbers[0]} for a. */
  default Expression with(int[] numbers) {
    return switch (this) {
      case Constant constant -> constant;
      case Variable variable -> new Constant(numbers[variable.letter() - 'a']);
      case Operation operation ->
          new Operation(
              operation.operator(),
              operation.left().with(numbers),
              operation.right().with(numbers));
    };
  }

  /** Operations in it. */
  default int operations() {
    return this instanceof Operation operation
        ? 1 + operation.left().operations() + operation.right().operations()
        : 0;
  }

  /** Reads an expression with letters a to z and numbers. */
  static Expression parse(String text) {
    return new ExpressionParser(text).parse();
  }
}
