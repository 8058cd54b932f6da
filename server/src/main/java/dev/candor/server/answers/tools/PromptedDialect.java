package dev.candor.server.answers.tools;

import dev.candor.engine.constraints.CallForm;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.server.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * For a model whose template knows nothing of tools: the messages tell it of them, in the form that
 * most models have seen. What it calls fits, as the answer is held to that form; whether it calls
 * at the right moment is another matter.
 */
final class PromptedDialect implements ToolDialect {

  private static final String INTRODUCTION =
      """
      You may call functions. Their signatures are:
      <tools>
      %s</tools>
      To call one, answer with its name and arguments as JSON between these tags:
      <tool_call>
      {"name": "NAME", "arguments": {}}
      </tool_call>\
      """;

  @Override
  public String name() {
    return "prompted";
  }

  @Override
  public CallForm form() {
    return HermesDialect.FORM;
  }

  @Override
  public boolean allowsSeveral() {
    return true;
  }

  @Override
  public boolean isWrittenByTemplate() {
    return false;
  }

  /** The functions of tools, without what surrounds each. */
  static List<Object> functions(List<Object> tools) {
    List<Object> functions = new ArrayList<>();
    for (Object tool : tools) {
      functions.add(((JsonObject) tool).value("function").orElseThrow());
    }
    return functions;
  }

  @Override
  public List<ChatMessage> messages(List<ChatMessage> messages, List<Object> tools) {
    StringBuilder lines = new StringBuilder();
    functions(tools).forEach(function -> lines.append(JsonText.of(function)).append('\n'));
    String introduction = INTRODUCTION.formatted(lines);
    List<ChatMessage> all = new ArrayList<>();
    for (ChatMessage message : messages) {
      all.add(plain(message));
    }
    if (!tools.isEmpty()) {
      if (all.getFirst().role().equals("system")) {
        String system = String.valueOf(all.getFirst().fields().get("content"));
        all.set(0, ChatMessage.of("system", system + "\n\n" + introduction));
      } else {
        all.addFirst(ChatMessage.of("system", introduction));
      }
    }
    return all;
  }

  /** Calls and their results as text, which every template can write. */
  private static ChatMessage plain(ChatMessage message) {
    String content = String.valueOf(message.fields().getOrDefault("content", ""));
    if (message.role().equals("tool")) {
      return ChatMessage.of("user", "<tool_response>\n" + content + "\n</tool_response>");
    }
    if (!(message.fields().get("tool_calls") instanceof List<?> calls)) {
      return message;
    }
    StringBuilder text = new StringBuilder(content);
    for (Object call : calls) {
      Map<?, ?> function = (Map<?, ?>) ((Map<?, ?>) call).get("function");
      if (function == null) {
        throw new IllegalArgumentException("a call without a function");
      }
      text.append(text.isEmpty() ? "" : "\n")
          .append(HermesDialect.FORM.open())
          .append(JsonText.of(function))
          .append(HermesDialect.FORM.close());
    }
    return ChatMessage.of("assistant", text.toString());
  }
}
