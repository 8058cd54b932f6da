package dev.candor.server.openai;

import dev.candor.engine.constraints.CallForm;
import dev.candor.engine.json.JsonObject;
import dev.candor.server.HttpProblem;
import dev.candor.server.JsonText;
import dev.candor.server.RequestFields;
import dev.candor.server.answers.tools.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The fields {@code tools}, {@code tool_choice} and {@code parallel_tool_calls}. */
public final class ToolFields {

  private static final int MOST_TOOLS = 128;

  private ToolFields() {}

  /** Reads them. */
  public static ToolChoice read(RequestFields fields) {
    List<Object> tools = fields.list("tools").orElse(List.of());
    if (tools.size() > MOST_TOOLS) {
      throw fields.wrong("tools", "has " + tools.size() + " tools, allowed are " + MOST_TOOLS);
    }
    List<CallForm.Function> functions = new ArrayList<>();
    Optional<String> strict = Optional.empty();
    for (int i = 0; i < tools.size(); i++) {
      RequestFields tool = fields.within("tools." + i, tools.get(i));
      tool.only("type", "function");
      tool.report("cache_control");
      RequestFields function = tool.object("function").orElseThrow(() -> tool.missing("function"));
      String where = "tools." + i + ".function.parameters";
      Named named = function(function, where);
      functions.add(named.function());
      strict =
          strict.or(() -> named.strict() ? Optional.of(named.function().name()) : Optional.empty());
      tool.requireAllTaken();
    }
    boolean several = fields.flag("parallel_tool_calls", true);
    return choose(fields, tools, functions, several, strict);
  }

  /** A function, and whether it asks to be strict. */
  record Named(CallForm.Function function, boolean strict) {}

  static Named function(RequestFields function, String where) {
    String name = function.requiredText("name");
    if (!name.matches("[A-Za-z0-9_.-]{1,64}")) {
      throw function.wrong("name", "is not 1 to 64 letters, digits, '_', '.' and '-'");
    }
    function.text("description");
    boolean strict = function.flag("strict", false);
    Optional<Object> schema = function.value("parameters");
    Optional<String> text = schema.map(JsonText::of);
    if (schema.isPresent()) {
      try {
        var unused = ResponseFormat.schema(schema.get(), where);
      } catch (HttpProblem e) {
        // Whoever does not ask to be strict is promised an object of JSON and no more.
        if (strict || !e.code().equals("generation.schema-unsupported")) {
          throw e;
        }
        text = Optional.empty();
      }
    }
    // Arguments are an object, also where a schema allows more.
    boolean isObject =
        schema
            .filter(it ->
                it instanceof JsonObject object
                    && object.value("type").filter("object"::equals).isPresent())
            .isPresent();
    function.requireAllTaken();
    return new Named(new CallForm.Function(name, isObject ? text : Optional.empty()), strict);
  }

  private static ToolChoice choose(
      RequestFields fields,
      List<Object> tools,
      List<CallForm.Function> functions,
      boolean several,
      Optional<String> strict) {
    Object choice = fields.value("tool_choice").orElse(tools.isEmpty() ? "none" : "auto");
    if (choice instanceof String word) {
      return switch (word) {
        case "none" -> ToolChoice.NONE;
        case "auto" -> new ToolChoice(tools, functions, false, several, strict);
        case "required" -> {
          requireTools(fields, tools);
          yield new ToolChoice(tools, functions, true, several, strict);
        }
        default ->
            throw fields.wrong(
                "tool_choice", "is '" + word + "', allowed are none, auto, required or an object");
      };
    }
    requireTools(fields, tools);
    RequestFields named = fields.within("tool_choice", choice);
    named.only("type", "function");
    // The form of /v1/responses has the name beside the type.
    String name =
        named
            .object("function")
            .map(function -> {
              String it = function.requiredText("name");
              function.requireAllTaken();
              return it;
            })
            .or(() -> named.text("name"))
            .orElseThrow(() -> named.missing("function"));
    named.requireAllTaken();
    List<CallForm.Function> one =
        functions.stream().filter(function -> function.name().equals(name)).toList();
    if (one.isEmpty()) {
      throw fields.wrong("tool_choice", "names the function '" + name + "', which is no tool");
    }
    return new ToolChoice(tools, one, true, false, strict);
  }

  private static void requireTools(RequestFields fields, List<Object> tools) {
    if (tools.isEmpty()) {
      throw fields.wrong("tool_choice", "wants a tool, and there are none");
    }
  }
}
