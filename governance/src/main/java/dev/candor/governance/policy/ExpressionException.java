package dev.candor.governance.policy;

/** That an expression does not fit, and where; {@link Policy} says in which rule. */
final class ExpressionException extends Exception {

  private static final long serialVersionUID = 1;

  private final String suggestion;
  private final int line;
  private final int column;

  /**
   * @param suggestion what was probably meant; empty if nothing comes to mind
   * @param line in the expression, from 1
   * @param column in that line, from 1
   */
  ExpressionException(String message, String suggestion, int line, int column) {
    super(message);
    this.suggestion = suggestion;
    this.line = line;
    this.column = column;
  }

  String suggestion() {
    return suggestion;
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }
}
