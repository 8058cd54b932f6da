package dev.candor.engine.templates;

import dev.candor.engine.TemplateException;
import dev.candor.engine.templates.Values.Callable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a template's statements. */
final class Interpreter {

  /** Whether a body ran to its end, or a loop is to be left or continued. */
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private final Execution run;
  private final Evaluator evaluator;

  Interpreter(Execution run) {
    this.run = run;
    evaluator = new Evaluator(run);
  }

  /** What the statements print. */
  Text render(List<Statement> statements, Scope scope) {
    Text.Builder out = new Text.Builder();
    body(statements, scope, out);
    return out.build();
  }

  private Flow body(List<Statement> statements, Scope scope, Text.Builder out) {
    run.enter();
    for (Statement statement : statements) {
      run.at(statement.line());
      run.steps(1);
      Flow flow = statement(statement, scope, out);
      if (flow != Flow.ON) {
        run.leave();
        return flow;
      }
    }
    run.leave();
    return Flow.ON;
  }

  private Flow statement(Statement statement, Scope scope, Text.Builder out) {
    switch (statement) {
      case Statement.Data data -> print(data.text(), out);
      case Statement.Print print ->
          print(PythonText.str(evaluator.evaluate(print.value(), scope), run), out);
      case Statement.If branches -> {
        for (Statement.Branch branch : branches.branches()) {
          if (branch.condition().isEmpty()
              || Values.truth(evaluator.evaluate(branch.condition().get(), scope))) {
            return body(branch.body(), scope, out);
          }
        }
      }
      case Statement.For loop -> {
        return loop(loop, scope, out);
      }
      case Statement.SetNames set ->
          assign(set.targets(), evaluator.evaluate(set.value(), scope), scope);
      case Statement.SetAttribute set -> {
        if (!(scope.get(set.namespace()) instanceof Values.Namespace namespace)) {
          throw run.type(set.namespace() + " is not a namespace");
        }
        run.steps(2);
        namespace.attributes.put(set.name(), evaluator.evaluate(set.value(), scope));
      }
      case Statement.SetBlock set -> {
        Scope inner = scope.inner();
        inner.set(Statement.SetBlock.BLOCK, capture(set.body(), scope.inner()));
        scope.set(set.target(), evaluator.evaluate(set.filtered(), inner));
      }
      case Statement.DefineMacro macro -> scope.set(macro.name(), macro(macro, scope));
      case Statement.Group group -> {
        return body(group.body(), scope, out);
      }
      case Statement.Break end -> {
        return Flow.BREAK;
      }
      case Statement.Continue next -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.ON;
  }

  private void print(Text text, Text.Builder out) {
    run.output((long) out.length() + text.length());
    run.characters(text.length());
    out.append(text);
  }

  private Text capture(List<Statement> statements, Scope scope) {
    Text.Builder out = new Text.Builder();
    body(statements, scope, out);
    return out.build();
  }

  private void assign(List<String> targets, Object value, Scope scope) {
    run.steps(targets.size());
    if (targets.size() == 1) {
      scope.set(targets.getFirst(), value);
      return;
    }
    List<Object> elements = Values.iterate(value, run);
    if (elements.size() != targets.size()) {
      throw run.type(
          elements.size() + " values cannot be assigned to " + targets.size() + " names");
    }
    for (int i = 0; i < targets.size(); i++) {
      scope.set(targets.get(i), elements.get(i));
    }
  }

  private Flow loop(Statement.For loop, Scope scope, Text.Builder out) {
    List<Object> elements = Values.iterate(evaluator.evaluate(loop.over(), scope), run);
    if (loop.filter().isPresent()) {
      List<Object> kept = new ArrayList<>();
      for (Object element : elements) {
        run.steps(1);
        Scope inner = scope.inner();
        assign(loop.targets(), element, inner);
        if (Values.truth(evaluator.evaluate(loop.filter().get(), inner))) {
          kept.add(element);
        }
      }
      elements = kept;
    }
    if (elements.isEmpty()) {
      return body(loop.otherwise(), scope.inner(), out);
    }
    LoopState state = new LoopState(elements);
    for (int i = 0; i < elements.size(); i++) {
      run.steps(1);
      state.moveTo(i);
      Scope inner = scope.inner();
      inner.set("loop", state);
      assign(loop.targets(), elements.get(i), inner);
      if (body(loop.body(), inner, out) == Flow.BREAK) {
        break;
      }
    }
    return Flow.ON;
  }

  private Callable macro(Statement.DefineMacro macro, Scope scope) {
    return arguments -> {
      Scope inner = scope.inner();
      List<Statement.Parameter> parameters = macro.parameters();
      String[] names = parameters.stream().map(Statement.Parameter::name).toArray(String[]::new);
      arguments.allow(names);
      for (int i = 0; i < names.length; i++) {
        Object value;
        if (arguments.has(i, names[i])) {
          value = arguments.get(i, names[i]);
        } else if (parameters.get(i).absent().isPresent()) {
          value = evaluator.evaluate(parameters.get(i).absent().get(), inner);
        } else {
          value = new Values.Undefined(names[i]);
        }
        inner.set(names[i], value);
      }
      int line = run.line();
      run.enter();
      Text printed = capture(macro.body(), inner);
      run.leave();
      run.at(line);
      return printed;
    };
  }

  /** The functions that a template finds. */
  static void define(Scope scope) {
    scope.set(
        "range",
        (Callable)
            arguments -> {
              arguments.allow("start", "stop", "step");
              return range(arguments);
            });
    scope.set(
        "namespace",
        (Callable)
            arguments -> {
              Values.Namespace namespace = new Values.Namespace();
              for (Object given : arguments.positional()) {
                if (!(given instanceof Map<?, ?> members)) {
                  throw arguments.run().type("a namespace is made from a mapping");
                }
                Values.map(members)
                    .forEach((key, value) -> namespace.attributes.put(key.chars(), value));
              }
              namespace.attributes.putAll(arguments.named());
              return namespace;
            });
    scope.set("dict", (Callable) Interpreter::dict);
    scope.set(
        "raise_exception",
        (Callable)
            arguments -> {
              String message =
                  PythonText.str(
                          arguments.allow("message").get(0, "message", Text.EMPTY), arguments.run())
                      .chars();
              throw new TemplateException(
                  "raised",
                  "the chat template refuses: "
                      + (message.length() > 500 ? message.substring(0, 500) + "…" : message),
                  "Change the messages as the template asks.");
            });
    scope.set(
        "strftime_now",
        (Callable)
            arguments ->
                Text.of(
                    TimeText.format(
                        arguments.allow("format").text(0, "format").chars(), arguments.run())));
  }

  private static List<Object> range(Arguments arguments) {
    Execution run = arguments.run();
    boolean single = !arguments.has(1, "stop");
    long from = single ? 0 : Values.integer(arguments.get(0, "start"), run);
    long to = Values.integer(arguments.get(single ? 0 : 1, single ? "start" : "stop"), run);
    long step = arguments.integer(2, "step", 1);
    if (step == 0) {
      throw run.type("the step of a range is zero");
    }
    double size = Math.ceil(((double) to - from) / step);
    if (size > 100_000) {
      throw TemplateFailure.limit("too-many-steps", "numbers in a range", 100_000, run.line());
    }
    run.steps((long) Math.max(0, size));
    List<Object> numbers = new ArrayList<>();
    for (long i = 0; i < (long) size; i++) {
      numbers.add(from + i * step);
    }
    return numbers;
  }

  private static Object dict(Arguments arguments) {
    Map<Text, Object> map = new LinkedHashMap<>();
    for (Object given : arguments.positional()) {
      if (!(given instanceof Map<?, ?> members)) {
        throw arguments.run().type("a mapping is made from a mapping");
      }
      arguments.run().steps(4L * members.size());
      map.putAll(Values.map(members));
    }
    arguments.named().forEach((name, value) -> map.put(Text.of(name), value));
    return map;
  }
}
