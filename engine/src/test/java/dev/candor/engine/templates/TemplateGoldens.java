package dev.candor.engine.templates;

import dev.candor.engine.TemplateException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Chats as Python's Jinja renders them with the settings of Hugging Face's transformers. A document
 * holds a template and cases; where Python refuses a chat, a case has an error instead of a text.
 */
final class TemplateGoldens {

  /** What strftime_now said when the goldens were made. */
  static final LocalDateTime NOW = LocalDateTime.of(2025, 3, 7, 16, 5, 9);

  private TemplateGoldens() {}

  /** Renders all cases; gives a description of each that differs. */
  static List<String> differences(InputStream in, String what) {
    JsonObject golden = Json.parseObject(in, Json.Limits.CONFIG, what);
    List<String> differences = new ArrayList<>();
    ChatTemplate template = ChatTemplate.parse(golden.string("template"));
    for (Object element : golden.list("cases").orElseThrow()) {
      JsonObject golds = (JsonObject) element;
      String found = render(template, golds);
      boolean same =
          golds.has("error") ? found.startsWith("refused: ") : found.equals(golds.string("text"));
      if (!same) {
        differences.add(
            what
                + ", "
                + golds.string("name")
                + "\nexpected: "
                + (golds.has("error") ? "error " + golds.string("error") : golds.string("text"))
                + "\nfound:    "
                + found);
      }
    }
    return differences;
  }

  static String render(ChatTemplate template, JsonObject golds) {
    try {
      return template.render(request(golds)).text();
    } catch (TemplateException e) {
      return "refused: " + e.getMessage();
    }
  }

  static ChatRequest request(JsonObject golds) {
    List<ChatMessage> messages = new ArrayList<>();
    for (Object message : golds.list("messages").orElseThrow()) {
      messages.add(new ChatMessage(((JsonObject) message).members()));
    }
    Map<String, Object> variables =
        golds.object("variables").map(JsonObject::members).orElse(Map.of());
    return new ChatRequest(
        messages,
        golds.list("tools").orElse(List.of()),
        golds.bool("add_generation_prompt", false),
        variables,
        NOW);
  }
}
