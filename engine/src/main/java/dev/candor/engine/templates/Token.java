package dev.candor.engine.templates;

/**
 * A token of a template's source.
 *
 * @param text the data, the name, the string's value, the number's digits or the operator
 * @param line where it begins, from 1
 */
record Token(Kind kind, String text, int line) {

  /** What a token is. */
  enum Kind {
    /** Text between tags, as it is to be printed. */
    DATA,
    /** Two opening braces. */
    PRINT_BEGIN,
    /** Two closing braces. */
    PRINT_END,
    /** An opening brace and a percent sign. */
    BLOCK_BEGIN,
    /** A percent sign and a closing brace. */
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    /** Behind the last token. */
    END
  }

  boolean isOperator(String operator) {
    return kind == Kind.OPERATOR && text.equals(operator);
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }
}
