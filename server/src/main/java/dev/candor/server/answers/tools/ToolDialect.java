package dev.candor.server.answers.tools;

import dev.candor.engine.constraints.CallForm;
import dev.candor.engine.templates.ChatMessage;
import java.util.List;

/** How a family of models is told of tools, and how it calls them. */
public interface ToolDialect {

  /** What it is called in replies and logs. */
  String name();

  /** How calls are written. */
  CallForm form();

  /** Whether several calls may follow each other. */
  boolean allowsSeveral();

  /** Whether the template writes the tools that it is given; if not, the messages have to. */
  boolean isWrittenByTemplate();

  /**
   * The messages as the template wants them.
   *
   * @param messages as the request has them
   * @param tools the tools as the request has them, each a mapping
   */
  default List<ChatMessage> messages(List<ChatMessage> messages, List<Object> tools) {
    return messages;
  }

  /** What a call is called in replies. */
  default String callId(String decision, int choice, int index) {
    return "call_" + decision + (choice == 0 ? "" : "_" + choice) + "_" + index;
  }

  /**
   * The dialect of a model.
   *
   * @param template the source of its chat template
   */
  static ToolDialect of(String template) {
    if (template.contains("[TOOL_CALLS]")) {
      return new MistralDialect();
    }
    if (template.contains("<|tool|>")) {
      return new Phi4Dialect();
    }
    if (template.contains("<tool_call>") && template.contains("tools")) {
      return new HermesDialect();
    }
    if (template.contains("\"parameters\": dictionary") || template.contains("<|python_tag|>")) {
      return new Llama3Dialect();
    }
    return new PromptedDialect();
  }
}
