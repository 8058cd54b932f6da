package dev.candor.engine.templates;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * A chat to render.
 *
 * @param messages in their order
 * @param tools descriptions of functions as mappings in the form of JSON Schema, as the OpenAI API
 *     has them; empty for none
 * @param addGenerationPrompt whether to end with what begins an answer
 * @param variables what else the template may read, such as {@code bos_token} or {@code
 *     enable_thinking}; the application's own words, not a user's
 * @param now what {@code strftime_now} tells
 */
public record ChatRequest(
    List<ChatMessage> messages,
    List<Object> tools,
    boolean addGenerationPrompt,
    Map<String, Object> variables,
    LocalDateTime now) {

  public ChatRequest {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
    variables = Map.copyOf(variables);
  }

  /** A chat without tools that asks for an answer now. */
  public static ChatRequest of(List<ChatMessage> messages) {
    return new ChatRequest(
        messages, List.of(), true, Map.of(), LocalDateTime.now(ZoneId.systemDefault()));
  }

  /** The same with these tools. */
  public ChatRequest withTools(List<Object> descriptions) {
    return new ChatRequest(messages, descriptions, addGenerationPrompt, variables, now);
  }

  /** The same with these variables instead. */
  public ChatRequest withVariables(Map<String, Object> values) {
    return new ChatRequest(messages, tools, addGenerationPrompt, values, now);
  }

  /** The same at that time. */
  public ChatRequest at(LocalDateTime time) {
    return new ChatRequest(messages, tools, addGenerationPrompt, variables, time);
  }

  /** The same, with or without the beginning of an answer. */
  public ChatRequest withGenerationPrompt(boolean add) {
    return new ChatRequest(messages, tools, add, variables, now);
  }
}
