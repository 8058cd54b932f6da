package dev.candor.engine.constraints;

import dev.candor.engine.json.Json;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a model writes calls of functions within its text: {@code open call close}, or {@code open
 * call between call close}, where a call is {@code beforeName "name" beforeArguments arguments
 * afterArguments}, and the arguments are JSON.
 *
 * @param open what calls begin with; if it is empty, a text that begins with a brace is a call
 * @param between two calls
 * @param close what calls end with
 * @param beforeName such as <code>{"name": </code>
 * @param beforeArguments such as <code>, "arguments": </code>
 * @param afterArguments such as <code>}</code>
 */
public record CallForm(
    String open,
    String between,
    String close,
    String beforeName,
    String beforeArguments,
    String afterArguments) {

  private static final String REQUIRED = "required";
  private static final String OPTIONAL = "optional";
  private static final String SEVERAL = "several";
  private static final String ONE = "one";

  /** How many texts of a {@link ConstraintSource} are no functions. */
  private static final int FIXED = 8;

  /**
   * A function that may be called.
   *
   * @param name as the model writes it
   * @param schema of its arguments, as a text of JSON; empty for any object
   */
  public record Function(String name, Optional<String> schema) {}

  /**
   * What may be called.
   *
   * @param functions one or more
   * @param required whether there is a call and nothing else
   * @param several whether there may be more than one call
   */
  public record Calls(List<Function> functions, boolean required, boolean several) {

    public Calls {
      functions = List.copyOf(functions);
      if (functions.isEmpty()) {
        throw new IllegalArgumentException("no functions");
      }
    }
  }

  List<String> texts(Calls calls) {
    List<String> texts =
        new ArrayList<>(
            List.of(
                open,
                between,
                close,
                beforeName,
                beforeArguments,
                afterArguments,
                calls.required() ? REQUIRED : OPTIONAL,
                calls.several() ? SEVERAL : ONE));
    for (Function function : calls.functions()) {
      texts.add(function.name());
      texts.add(function.schema().orElse(""));
    }
    return texts;
  }

  static Constraint read(List<String> texts) {
    List<Function> functions = new ArrayList<>();
    for (int i = FIXED; i + 1 < texts.size(); i += 2) {
      functions.add(
          new Function(
              texts.get(i), Optional.of(texts.get(i + 1)).filter(schema -> !schema.isEmpty())));
    }
    CallForm form =
        new CallForm(
            texts.get(0), texts.get(1), texts.get(2), texts.get(3), texts.get(4), texts.get(5));
    return Constraint.calls(
        form, new Calls(functions, texts.get(6).equals(REQUIRED), texts.get(7).equals(SEVERAL)));
  }

  int compile(Expressions e, Calls calls) {
    List<Integer> each = new ArrayList<>();
    for (Function function : calls.functions()) {
      each.add(
          e.sequence(
              literal(e, beforeName + JsonSyntax.write(function.name()) + beforeArguments),
              arguments(e, function),
              literal(e, afterArguments)));
    }
    int call = e.either(each);
    int more =
        calls.several()
            ? e.repeat(e.sequence(literal(e, between), call), 0, Expressions.UNBOUNDED)
            : literal(e, "");
    int all = e.sequence(call, more, literal(e, close));
    if (calls.required()) {
      return e.sequence(literal(e, open), all);
    }
    if (open.isEmpty()) {
      return e.either(e.not(e.sequence(literal(e, "{"), e.anything())), all);
    }
    int free = e.not(e.sequence(e.anything(), literal(e, open), e.anything()));
    return e.either(free, e.sequence(free, literal(e, open), all));
  }

  private static int arguments(Expressions e, Function function) {
    if (function.schema().isEmpty()) {
      return JsonSchema.anyObject(e);
    }
    byte[] text = function.schema().get().getBytes(StandardCharsets.UTF_8);
    Object schema =
        Json.parse(
            new ByteArrayInputStream(text),
            Constraint.SCHEMA_LIMITS,
            "schema of " + function.name());
    return JsonSchema.compile(e, schema);
  }

  private static int literal(Expressions e, String text) {
    return e.literal(text.getBytes(StandardCharsets.UTF_8));
  }
}
