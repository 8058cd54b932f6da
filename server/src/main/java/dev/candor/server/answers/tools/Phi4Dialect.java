package dev.candor.server.answers.tools;

import dev.candor.engine.constraints.CallForm;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.server.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Phi-4-mini: its template reads the tools from the first message, as a text of JSON. */
final class Phi4Dialect implements ToolDialect {

  private static final CallForm FORM =
      new CallForm(
          "<|tool_call|>[", ", ", "]<|/tool_call|>", "{\"name\": ", ", \"arguments\": ", "}");

  @Override
  public String name() {
    return "phi-4";
  }

  @Override
  public CallForm form() {
    return FORM;
  }

  @Override
  public boolean allowsSeveral() {
    return true;
  }

  @Override
  public boolean isWrittenByTemplate() {
    return true;
  }

  @Override
  public List<ChatMessage> messages(List<ChatMessage> messages, List<Object> tools) {
    List<ChatMessage> all = new ArrayList<>(messages);
    if (!all.getFirst().role().equals("system")) {
      all.addFirst(ChatMessage.of("system", "You are a helpful assistant with some tools."));
    }
    Map<String, Object> first = new LinkedHashMap<>(all.getFirst().fields());
    first.put("tools", JsonText.of(PromptedDialect.functions(tools)));
    all.set(0, new ChatMessage(first));
    return all;
  }
}
