package dev.candor.engine.templates;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What has a value. */
sealed interface Expression {

  /** Where it is in the template, from 1. */
  int line();

  record Constant(Object value, int line) implements Expression {}

  record Name(String name, int line) implements Expression {}

  record TupleOf(List<Expression> elements, int line) implements Expression {}

  record ListOf(List<Expression> elements, int line) implements Expression {}

  record MapOf(List<Expression> keys, List<Expression> values, int line) implements Expression {}

  record Attribute(Expression of, String name, int line) implements Expression {}

  record Subscript(Expression of, Expression key, int line) implements Expression {}

  record Slice(
      Expression of,
      Optional<Expression> from,
      Optional<Expression> to,
      Optional<Expression> step,
      int line)
      implements Expression {}

  record Call(Expression callee, ArgumentList arguments, int line) implements Expression {}

  record Filter(Expression of, String name, ArgumentList arguments, int line)
      implements Expression {}

  record Test(Expression of, String name, ArgumentList arguments, int line) implements Expression {}

  record Not(Expression of, int line) implements Expression {}

  /** Operator is {@code -} or {@code +}. */
  record Sign(String operator, Expression of, int line) implements Expression {}

  /** Operator is {@code and} or {@code or}. */
  record Logical(String operator, Expression left, Expression right, int line)
      implements Expression {}

  record Arithmetic(String operator, Expression left, Expression right, int line)
      implements Expression {}

  /** {@code first op₀ rest₀ op₁ rest₁ …}, all of which must hold. */
  record Comparison(Expression first, List<String> operators, List<Expression> rest, int line)
      implements Expression {}

  record Concatenation(List<Expression> parts, int line) implements Expression {}

  record Conditional(
      Expression condition, Expression then, Optional<Expression> otherwise, int line)
      implements Expression {}

  /** Arguments as written. */
  record ArgumentList(List<Expression> positional, Map<String, Expression> named) {
    static final ArgumentList NONE = new ArgumentList(List.of(), Map.of());
  }
}
