package dev.candor.governance.policy;

/** That an expression does not fit, and where; {@link Policy} says in which rule. */
final class ExpressionException extends Exception {

  private static final long serialVersionUID = 1;

  private final int line;
  private final int column;

  /**
   * @param line in the expression, from 1
   * @param column in that line, from 1
   */
  ExpressionException(String message, int line, int column) {
    super(message);
    this.line = line;
    this.column = column;
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }
}
