package dev.candor.engine.templates;

import dev.candor.engine.templates.Expression.ArgumentList;
import dev.candor.engine.templates.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Parses expressions with the precedence of Jinja (template designer documentation, "Expressions"):
 * conditional, or, and, not, comparison, sum, {@code ~}, product, power, sign; postfix, filters and
 * tests bind tightest.
 */
final class ExpressionParser {

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  /** Names that cannot begin a test's argument without parentheses. */
  private static final Set<String> AFTER_TEST =
      Set.of("else", "or", "and", "if", "is", "in", "not");

  private final TokenCursor cursor;

  ExpressionParser(TokenCursor cursor) {
    this.cursor = cursor;
  }

  /** An expression, or several with commas between, which are a tuple. */
  Expression tuple(boolean conditional) {
    int line = cursor.line();
    Expression first = conditional ? expression() : disjunction();
    if (!cursor.current().isOperator(",")) {
      return first;
    }
    List<Expression> elements = new ArrayList<>(List.of(first));
    while (cursor.skipOperator(",")) {
      if (endsTuple()) {
        break;
      }
      elements.add(conditional ? expression() : disjunction());
    }
    return new Expression.TupleOf(elements, line);
  }

  private boolean endsTuple() {
    Token token = cursor.current();
    return token.kind() == Kind.BLOCK_END
        || token.kind() == Kind.PRINT_END
        || token.isOperator(")");
  }

  Expression expression() {
    cursor.enter();
    int line = cursor.line();
    Expression value = disjunction();
    while (cursor.skipName("if")) {
      Expression condition = disjunction();
      Optional<Expression> otherwise =
          cursor.skipName("else") ? Optional.of(expression()) : Optional.empty();
      value = new Expression.Conditional(condition, value, otherwise, line);
    }
    cursor.leave();
    return value;
  }

  Expression disjunction() {
    int line = cursor.line();
    Expression left = conjunction();
    while (cursor.skipName("or")) {
      left = new Expression.Logical("or", left, conjunction(), line);
    }
    return left;
  }

  private Expression conjunction() {
    int line = cursor.line();
    Expression left = negation();
    while (cursor.skipName("and")) {
      left = new Expression.Logical("and", left, negation(), line);
    }
    return left;
  }

  private Expression negation() {
    int line = cursor.line();
    if (!cursor.skipName("not")) {
      return comparison();
    }
    cursor.enter();
    Expression of = negation();
    cursor.leave();
    return new Expression.Not(of, line);
  }

  private Expression comparison() {
    int line = cursor.line();
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> rest = new ArrayList<>();
    while (true) {
      Token token = cursor.current();
      if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        operators.add(cursor.next().text());
      } else if (cursor.skipName("in")) {
        operators.add("in");
      } else if (token.isName("not") && cursor.following().isName("in")) {
        cursor.next();
        cursor.next();
        operators.add("not in");
      } else {
        return operators.isEmpty()
            ? first
            : new Expression.Comparison(first, operators, rest, line);
      }
      rest.add(sum());
    }
  }

  private Expression sum() {
    int line = cursor.line();
    Expression left = concatenation();
    while (cursor.current().isOperator("+") || cursor.current().isOperator("-")) {
      left = new Expression.Arithmetic(cursor.next().text(), left, concatenation(), line);
    }
    return left;
  }

  private Expression concatenation() {
    int line = cursor.line();
    Expression first = product();
    if (!cursor.current().isOperator("~")) {
      return first;
    }
    List<Expression> parts = new ArrayList<>(List.of(first));
    while (cursor.skipOperator("~")) {
      parts.add(product());
    }
    return new Expression.Concatenation(parts, line);
  }

  private Expression product() {
    int line = cursor.line();
    Expression left = power();
    while (cursor.current().isOperator("*")
        || cursor.current().isOperator("/")
        || cursor.current().isOperator("//")
        || cursor.current().isOperator("%")) {
      left = new Expression.Arithmetic(cursor.next().text(), left, power(), line);
    }
    return left;
  }

  private Expression power() {
    int line = cursor.line();
    Expression left = sign(true);
    while (cursor.skipOperator("**")) {
      left = new Expression.Arithmetic("**", left, sign(true), line);
    }
    return left;
  }

  private Expression sign(boolean withFilters) {
    int line = cursor.line();
    Expression value;
    if (cursor.current().isOperator("-") || cursor.current().isOperator("+")) {
      String operator = cursor.next().text();
      cursor.enter();
      value = new Expression.Sign(operator, sign(false), line);
      cursor.leave();
    } else {
      value = primary();
    }
    value = postfix(value);
    return withFilters ? filters(value) : value;
  }

  private Expression primary() {
    Token token = cursor.current();
    int line = token.line();
    switch (token.kind()) {
      case NAME -> {
        cursor.next();
        return switch (token.text()) {
          case "true", "True" -> new Expression.Constant(true, line);
          case "false", "False" -> new Expression.Constant(false, line);
          case "none", "None" -> new Expression.Constant(Values.NONE, line);
          default -> new Expression.Name(token.text(), line);
        };
      }
      case STRING -> {
        StringBuilder value = new StringBuilder();
        while (cursor.current().kind() == Kind.STRING) {
          value.append(cursor.next().text());
        }
        return new Expression.Constant(Text.of(value.toString()), line);
      }
      case INTEGER, FLOAT -> {
        cursor.next();
        return new Expression.Constant(number(token), line);
      }
      default -> {
        if (cursor.skipOperator("(")) {
          return parenthesised(line);
        }
        if (cursor.skipOperator("[")) {
          return new Expression.ListOf(elements("]"), line);
        }
        if (cursor.skipOperator("{")) {
          return map(line);
        }
        throw cursor.unexpected("an expression");
      }
    }
  }

  private static Object number(Token token) {
    try {
      return token.kind() == Kind.INTEGER
          ? (Object) Long.parseLong(token.text())
          : (Object) Double.parseDouble(token.text());
    } catch (NumberFormatException e) {
      throw TemplateFailure.unsupported("a number beyond 64 bits", token.line());
    }
  }

  private Expression parenthesised(int line) {
    if (cursor.skipOperator(")")) {
      return new Expression.TupleOf(List.of(), line);
    }
    cursor.enter();
    Expression inner = tuple(true);
    cursor.leave();
    cursor.expectOperator(")");
    return inner;
  }

  private List<Expression> elements(String closing) {
    List<Expression> elements = new ArrayList<>();
    while (!cursor.skipOperator(closing)) {
      if (!elements.isEmpty()) {
        cursor.expectOperator(",");
        if (cursor.skipOperator(closing)) {
          break;
        }
      }
      elements.add(expression());
    }
    return elements;
  }

  private Expression map(int line) {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!cursor.skipOperator("}")) {
      if (!keys.isEmpty()) {
        cursor.expectOperator(",");
        if (cursor.skipOperator("}")) {
          break;
        }
      }
      keys.add(expression());
      cursor.expectOperator(":");
      values.add(expression());
    }
    return new Expression.MapOf(keys, values, line);
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      int line = cursor.line();
      if (cursor.skipOperator(".")) {
        if (cursor.current().kind() == Kind.INTEGER) {
          Object index = number(cursor.next());
          value = new Expression.Subscript(value, new Expression.Constant(index, line), line);
        } else {
          String name = cursor.expect(Kind.NAME, "the name of an attribute").text();
          value = new Expression.Attribute(value, name, line);
        }
      } else if (cursor.skipOperator("[")) {
        value = subscript(value, line);
      } else if (cursor.skipOperator("(")) {
        value = new Expression.Call(value, arguments(), line);
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression of, int line) {
    Optional<Expression> from = Optional.empty();
    if (!cursor.current().isOperator(":")) {
      from = Optional.of(expression());
      if (cursor.skipOperator("]")) {
        return new Expression.Subscript(of, from.get(), line);
      }
    }
    cursor.expectOperator(":");
    Optional<Expression> to = sliceEnd();
    Optional<Expression> step = cursor.skipOperator(":") ? sliceEnd() : Optional.empty();
    cursor.expectOperator("]");
    return new Expression.Slice(of, from, to, step, line);
  }

  private Optional<Expression> sliceEnd() {
    return cursor.current().isOperator(":") || cursor.current().isOperator("]")
        ? Optional.empty()
        : Optional.of(expression());
  }

  /** Arguments after the opening parenthesis. */
  private ArgumentList arguments() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    boolean first = true;
    while (!cursor.skipOperator(")")) {
      if (!first) {
        cursor.expectOperator(",");
        if (cursor.skipOperator(")")) {
          break;
        }
      }
      first = false;
      if (cursor.current().isOperator("*") || cursor.current().isOperator("**")) {
        throw TemplateFailure.unsupported("unpacking of arguments", cursor.line());
      }
      if (cursor.current().kind() == Kind.NAME && cursor.following().isOperator("=")) {
        String name = cursor.next().text();
        cursor.next();
        named.put(name, expression());
      } else if (named.isEmpty()) {
        positional.add(expression());
      } else {
        throw cursor.unexpected("a named argument");
      }
    }
    return new ArgumentList(positional, named);
  }

  private Expression filters(Expression start) {
    Expression value = start;
    while (true) {
      int line = cursor.line();
      if (cursor.skipOperator("|")) {
        value = filter(value);
      } else if (cursor.skipName("is")) {
        value = test(value, line);
      } else if (cursor.skipOperator("(")) {
        value = new Expression.Call(value, arguments(), line);
      } else {
        return value;
      }
    }
  }

  /** A filter after its bar. */
  Expression filter(Expression of) {
    Token name = cursor.expect(Kind.NAME, "the name of a filter");
    if (!Filters.exists(name.text())) {
      throw TemplateFailure.unsupported("the filter " + name.text(), name.line());
    }
    ArgumentList arguments = cursor.skipOperator("(") ? arguments() : ArgumentList.NONE;
    return new Expression.Filter(of, name.text(), arguments, name.line());
  }

  private Expression test(Expression of, int line) {
    boolean negated = cursor.skipName("not");
    Token name = cursor.expect(Kind.NAME, "the name of a test");
    if (!Tests.exists(name.text())) {
      throw TemplateFailure.unsupported("the test " + name.text(), name.line());
    }
    ArgumentList arguments = ArgumentList.NONE;
    Token token = cursor.current();
    if (cursor.skipOperator("(")) {
      arguments = arguments();
    } else if (beginsArgument(token)) {
      cursor.enter();
      arguments = new ArgumentList(List.of(postfix(primary())), Map.of());
      cursor.leave();
    }
    Expression test = new Expression.Test(of, name.text(), arguments, line);
    return negated ? new Expression.Not(test, line) : test;
  }

  private static boolean beginsArgument(Token token) {
    return switch (token.kind()) {
      case STRING, INTEGER, FLOAT -> true;
      case NAME -> !AFTER_TEST.contains(token.text());
      case OPERATOR -> token.text().equals("[") || token.text().equals("{");
      default -> false;
    };
  }
}
