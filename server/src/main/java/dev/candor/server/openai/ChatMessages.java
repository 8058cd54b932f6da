package dev.candor.server.openai;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.server.HttpProblem;
import dev.candor.server.RequestFields;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The messages of a chat as requests have them, in the form that templates read. */
public final class ChatMessages {

  private static final Json.Limits ARGUMENTS = new Json.Limits(4L << 20, 64, 50_000);

  private ChatMessages() {}

  /** Reads them. */
  public static List<ChatMessage> read(RequestFields fields) {
    List<Object> given = fields.list("messages").orElseThrow(() -> fields.missing("messages"));
    if (given.isEmpty()) {
      throw fields.wrong("messages", "is empty");
    }
    List<ChatMessage> messages = new ArrayList<>();
    Map<String, String> functions = new HashMap<>();
    for (int i = 0; i < given.size(); i++) {
      messages.add(message(fields.within("messages." + i, given.get(i)), functions));
    }
    return messages;
  }

  private static ChatMessage message(RequestFields fields, Map<String, String> functions) {
    Map<String, Object> message = new LinkedHashMap<>();
    String role = fields.requiredText("role");
    message.put(
        "role",
        switch (role) {
          // Models were taught the older word.
          case "system", "developer" -> "system";
          case "user", "assistant", "tool" -> role;
          default ->
              throw fields.wrong(
                  "role",
                  "is '" + role + "', allowed are system, developer, user, assistant, tool");
        });
    message.put("content", content(fields, role.equals("assistant")));
    fields.text("name").ifPresent(name -> message.put("name", name));
    if (role.equals("assistant")) {
      fields
          .text("reasoning_content")
          .ifPresent(thoughts -> message.put("reasoning_content", thoughts));
      List<Object> calls = calls(fields, functions);
      if (!calls.isEmpty()) {
        message.put("tool_calls", calls);
      }
      // OpenAI's own answers have these, and clients send answers back as they got them.
      fields.only("refusal");
      fields.only("audio");
      fields.only("annotations", List.of());
      fields.only("function_call");
      fields.report("parsed");
    }
    if (role.equals("tool")) {
      String id = fields.requiredText("tool_call_id");
      message.put("tool_call_id", id);
      String function = functions.get(id);
      if (function == null) {
        throw fields.wrong("tool_call_id", "is '" + id + "', which no message before has called");
      }
      message.putIfAbsent("name", function);
    }
    fields.requireAllTaken();
    return new ChatMessage(message);
  }

  private static String content(RequestFields fields, boolean mayBeAbsent) {
    Object content = fields.value("content").orElse(mayBeAbsent ? "" : Json.NULL);
    if (content instanceof String text) {
      return text;
    }
    if (!(content instanceof List<?> parts)) {
      throw content == Json.NULL
          ? fields.missing("content")
          : fields.wrong("content", "is neither a text nor a list of parts");
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      RequestFields part = fields.within("content." + i, parts.get(i));
      String type = part.requiredText("type");
      switch (type) {
        case "text", "input_text", "output_text" -> texts.add(part.requiredText("text"));
        case "refusal" -> texts.add(part.requiredText("refusal"));
        default ->
            throw part.wrong(
                "type",
                "is '" + type + "'; this server reads text alone, no images, sound or files");
      }
      part.report("annotations", "logprobs", "cache_control");
      part.requireAllTaken();
    }
    return String.join("\n", texts);
  }

  private static List<Object> calls(RequestFields fields, Map<String, String> functions) {
    List<Object> given = fields.list("tool_calls").orElse(List.of());
    List<Object> calls = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      RequestFields call = fields.within("tool_calls." + i, given.get(i));
      String id = call.requiredText("id");
      call.only("type", "function");
      call.report("index");
      RequestFields function = call.object("function").orElseThrow(() -> call.missing("function"));
      String name = function.requiredText("name");
      Map<String, Object> read = new LinkedHashMap<>();
      read.put("name", name);
      read.put("arguments", arguments(function));
      // OpenAI's clients keep what they have made of an answer beside it, and send it back.
      function.report("parsed_arguments");
      function.requireAllTaken();
      call.requireAllTaken();
      functions.put(id, name);
      Map<String, Object> whole = new LinkedHashMap<>();
      whole.put("id", id);
      whole.put("type", "function");
      whole.put("function", read);
      calls.add(whole);
    }
    return calls;
  }

  /** A text of JSON on the wire, an object in templates. */
  static Object arguments(RequestFields function) {
    Object given = function.value("arguments").orElse("");
    if (given instanceof JsonObject) {
      return given;
    }
    if (!(given instanceof String text)) {
      throw function.wrong("arguments", "is neither a text nor an object");
    }
    if (text.isBlank()) {
      return new JsonObject(Map.of(), "arguments");
    }
    try {
      return Json.parseObject(
          new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), ARGUMENTS, "arguments");
    } catch (ConfigException e) {
      HttpProblem wrong = function.wrong("arguments", "is no text of a JSON object");
      throw wrong.causedBy(e);
    }
  }
}
