package dev.candor.engine.templates;

import dev.candor.engine.templates.Values.Callable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Evaluates expressions. */
final class Evaluator {

  private final Execution run;

  Evaluator(Execution run) {
    this.run = run;
  }

  Object evaluate(Expression expression, Scope scope) {
    run.at(expression.line());
    run.steps(1);
    run.enter();
    Object value = value(expression, scope);
    run.leave();
    return value;
  }

  private Object value(Expression expression, Scope scope) {
    return switch (expression) {
      case Expression.Constant constant -> constant.value();
      case Expression.Name name -> scope.get(name.name());
      case Expression.TupleOf tuple -> new Tuple(all(tuple.elements(), scope));
      case Expression.ListOf list -> all(list.elements(), scope);
      case Expression.MapOf map -> map(map, scope);
      case Expression.Attribute attribute -> attribute(attribute, scope);
      case Expression.Subscript subscript -> {
        Object of = evaluate(subscript.of(), scope);
        Object key = evaluate(subscript.key(), scope);
        yield of instanceof LoopState loop && key instanceof Text name
            ? loop.attribute(name.chars())
            : Members.subscript(of, key, run);
      }
      case Expression.Slice slice -> {
        Object of = evaluate(slice.of(), scope);
        yield Members.slice(
            of,
            optional(slice.from(), scope),
            optional(slice.to(), scope),
            optional(slice.step(), scope),
            run);
      }
      case Expression.Call call -> call(call, scope);
      case Expression.Filter filter -> {
        Object of = evaluate(filter.of(), scope);
        Arguments arguments = arguments(filter.arguments(), scope);
        run.at(filter.line());
        yield Filters.apply(filter.name(), of, arguments);
      }
      case Expression.Test test -> {
        Object of = evaluate(test.of(), scope);
        yield Tests.holds(test.name(), of, arguments(test.arguments(), scope));
      }
      case Expression.Not not -> !Values.truth(evaluate(not.of(), scope));
      case Expression.Sign sign -> {
        Object of = evaluate(sign.of(), scope);
        yield Operators.arithmetic(sign.operator(), 0L, of, run);
      }
      case Expression.Logical logical -> {
        Object left = evaluate(logical.left(), scope);
        boolean decided = Values.truth(left) == logical.operator().equals("or");
        yield decided ? left : evaluate(logical.right(), scope);
      }
      case Expression.Arithmetic arithmetic -> {
        Object left = evaluate(arithmetic.left(), scope);
        Object right = evaluate(arithmetic.right(), scope);
        run.at(arithmetic.line());
        yield Operators.arithmetic(arithmetic.operator(), left, right, run);
      }
      case Expression.Comparison comparison -> compare(comparison, scope);
      case Expression.Concatenation concatenation ->
          StringMethods.join(Text.EMPTY, all(concatenation.parts(), scope), run);
      case Expression.Conditional conditional -> {
        if (Values.truth(evaluate(conditional.condition(), scope))) {
          yield evaluate(conditional.then(), scope);
        }
        yield conditional.otherwise().isPresent()
            ? evaluate(conditional.otherwise().get(), scope)
            : new Values.Undefined("the value of an if without else");
      }
    };
  }

  private Object optional(Optional<Expression> expression, Scope scope) {
    return expression.isPresent() ? evaluate(expression.get(), scope) : Values.NONE;
  }

  private List<Object> all(List<Expression> expressions, Scope scope) {
    List<Object> values = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      values.add(evaluate(expression, scope));
    }
    return values;
  }

  private Map<Text, Object> map(Expression.MapOf map, Scope scope) {
    run.steps(4L * map.keys().size());
    Map<Text, Object> members = new LinkedHashMap<>();
    for (int i = 0; i < map.keys().size(); i++) {
      Object key = evaluate(map.keys().get(i), scope);
      if (!(key instanceof Text name)) {
        throw run.unsupported("a mapping's key that is " + Values.kind(key));
      }
      members.put(name, evaluate(map.values().get(i), scope));
    }
    return members;
  }

  private Object attribute(Expression.Attribute attribute, Scope scope) {
    Object of = evaluate(attribute.of(), scope);
    run.at(attribute.line());
    return of instanceof LoopState loop
        ? loop.attribute(attribute.name())
        : Members.attribute(of, attribute.name(), run);
  }

  private Object call(Expression.Call call, Scope scope) {
    Object callee = evaluate(call.callee(), scope);
    if (!(callee instanceof Callable callable)) {
      throw run.type("cannot call " + Values.kind(callee));
    }
    Arguments arguments = arguments(call.arguments(), scope);
    run.at(call.line());
    return callable.call(arguments);
  }

  private Arguments arguments(Expression.ArgumentList list, Scope scope) {
    Map<String, Object> named = new LinkedHashMap<>();
    List<Object> positional = all(list.positional(), scope);
    for (Map.Entry<String, Expression> argument : list.named().entrySet()) {
      named.put(argument.getKey(), evaluate(argument.getValue(), scope));
    }
    return new Arguments(positional, named, run);
  }

  private Object compare(Expression.Comparison comparison, Scope scope) {
    Object left = evaluate(comparison.first(), scope);
    for (int i = 0; i < comparison.operators().size(); i++) {
      Object right = evaluate(comparison.rest().get(i), scope);
      run.at(comparison.line());
      boolean holds =
          switch (comparison.operators().get(i)) {
            case "==" -> Values.equal(left, right, run);
            case "!=" -> !Values.equal(left, right, run);
            case "<" -> Values.compare(left, right, run) < 0;
            case "<=" -> Values.compare(left, right, run) <= 0;
            case ">" -> Values.compare(left, right, run) > 0;
            case ">=" -> Values.compare(left, right, run) >= 0;
            case "in" -> Values.contains(right, left, run);
            default -> !Values.contains(right, left, run);
          };
      if (!holds) {
        return false;
      }
      left = right;
    }
    return true;
  }
}
