package dev.candor.engine.templates;

import dev.candor.engine.TemplateException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One message of a chat.
 *
 * @param fields what the template may read: {@code role}, {@code content}, and whatever else it
 *     knows, such as {@code tool_calls}. Values are strings, booleans, numbers, lists, mappings,
 *     {@link dev.candor.engine.json.JsonObject} and {@link dev.candor.engine.json.Json#NULL}.
 */
public record ChatMessage(Map<String, Object> fields) {

  public ChatMessage {
    if (!(fields.get("role") instanceof String role)
        || !role.matches("[A-Za-z][A-Za-z0-9_-]{0,31}")) {
      throw new TemplateException(
          "role",
          "a message's role is not a name of 1 to 32 letters, digits, '_' and '-'",
          "Give each message a role, such as \"user\".");
    }
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /** A message of text. */
  public static ChatMessage of(String role, String content) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("role", role);
    fields.put("content", content);
    return new ChatMessage(fields);
  }

  /** Who speaks: {@code system}, {@code user}, {@code assistant}, {@code tool}, …. */
  public String role() {
    return (String) fields.getOrDefault("role", "");
  }
}
