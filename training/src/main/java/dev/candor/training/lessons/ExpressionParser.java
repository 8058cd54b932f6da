package dev.candor.training.lessons;

import dev.candor.training.TrainingException;

/** Reads an expression; products bind closer than sums. */
final class ExpressionParser {

  private final String text;
  private int position;

  ExpressionParser(String text) {
    this.text = text;
  }

  Expression parse() {
    Expression all = sum();
    skipSpaces();
    if (position < text.length()) {
      throw malformed();
    }
    return all;
  }

  private Expression sum() {
    Expression left = product();
    while (at('+') || at('-')) {
      char operator = text.charAt(position++);
      left = new Expression.Operation(operator, left, product());
    }
    return left;
  }

  private Expression product() {
    Expression left = operand();
    while (at('*') || at('/')) {
      char operator = text.charAt(position++);
      left = new Expression.Operation(operator, left, operand());
    }
    return left;
  }

  private Expression operand() {
    skipSpaces();
    if (position == text.length()) {
      throw malformed();
    }
    char c = text.charAt(position++);
    if (c == '(') {
      Expression inner = sum();
      if (!at(')')) {
        throw malformed();
      }
      position++;
      return inner;
    }
    if (c >= 'a' && c <= 'z') {
      return new Expression.Variable(c);
    }
    int start = position - 1;
    while (position < text.length() && Character.isDigit(text.charAt(position))) {
      position++;
    }
    if (!Character.isDigit(c) || position - start > 4) {
      throw malformed();
    }
    return new Expression.Constant(Integer.parseInt(text.substring(start, position)));
  }

  private void skipSpaces() {
    while (position < text.length() && text.charAt(position) == ' ') {
      position++;
    }
  }

  private boolean at(char c) {
    skipSpaces();
    return position < text.length() && text.charAt(position) == c;
  }

  private TrainingException malformed() {
    return new TrainingException(
        "grammar",
        "not an expression at character " + position + ": " + text,
        "Write numbers of up to 4 digits, letters, + - * / and parentheses.");
  }
}
