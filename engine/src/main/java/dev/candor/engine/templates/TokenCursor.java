package dev.candor.engine.templates;

import dev.candor.engine.TemplateException;
import dev.candor.engine.templates.Token.Kind;
import java.util.List;

/** Where a parser is in a template's tokens, and how deep. */
final class TokenCursor {

  private final List<Token> tokens;
  private final int maximumDepth;
  private int at;
  private int depth;

  TokenCursor(List<Token> tokens, int maximumDepth) {
    this.tokens = tokens;
    this.maximumDepth = maximumDepth;
  }

  Token current() {
    return tokens.get(at);
  }

  Token following() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  int line() {
    return current().line();
  }

  Token next() {
    Token token = current();
    if (token.kind() != Kind.END) {
      at++;
    }
    return token;
  }

  boolean skipOperator(String operator) {
    boolean there = current().isOperator(operator);
    if (there) {
      next();
    }
    return there;
  }

  boolean skipName(String name) {
    boolean there = current().isName(name);
    if (there) {
      next();
    }
    return there;
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  Token expect(Kind kind, String what) {
    if (current().kind() != kind) {
      throw unexpected(what);
    }
    return next();
  }

  /** Goes one level down; every call is paired with {@link #leave}. */
  void enter() {
    if (++depth > maximumDepth) {
      throw TemplateFailure.limit("too-deep", "nested levels", maximumDepth, line());
    }
  }

  void leave() {
    depth--;
  }

  TemplateException unexpected(String expected) {
    Token token = current();
    String found =
        switch (token.kind()) {
          case END -> "the end of the template";
          case DATA -> "text";
          case PRINT_BEGIN -> "'{{'";
          case PRINT_END -> "'}}'";
          case BLOCK_BEGIN -> "'{%'";
          case BLOCK_END -> "'%}'";
          case NAME, STRING, INTEGER, FLOAT, OPERATOR -> "'" + abbreviated(token.text()) + "'";
        };
    return TemplateFailure.syntax("expected " + expected + ", found " + found, token.line());
  }

  private static String abbreviated(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
