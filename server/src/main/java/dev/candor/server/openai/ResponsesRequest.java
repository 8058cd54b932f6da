package dev.candor.server.openai;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.server.RequestFields;
import dev.candor.server.answers.tools.ToolChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What {@code POST /v1/responses} asks, in the form of a chat.
 *
 * @param chat the same as a chat
 * @param echoed fields that the reply says again
 */
record ResponsesRequest(ChatCompletionRequest chat, Map<String, Object> echoed) {

  static ResponsesRequest read(RequestFields fields) {
    String model = fields.requiredText("model");
    List<ChatMessage> messages = messages(fields);
    boolean streams = fields.flag("stream", false);
    ToolChoice tools = tools(fields);
    Optional<Constraint> format = format(fields);
    if (format.isPresent() && tools.mayCall()) {
      throw fields.wrong("text", "cannot be held to a format beside tools that may be called");
    }
    OptionalInt most =
        fields.integer("max_output_tokens", 1, Integer.MAX_VALUE).stream()
            .mapToInt(it -> (int) it)
            .findFirst();
    boolean thinks = thinks(fields);
    ChatCompletionRequest chat =
        new ChatCompletionRequest(
            model,
            messages,
            SamplingFields.read(fields),
            most,
            1,
            streams,
            false,
            -1,
            format,
            thinks,
            tools,
            KeepAlive.read(fields));
    fields.only("background", false);
    fields.only("truncation", "disabled");
    fields.only("previous_response_id");
    fields.only("conversation");
    fields.only("prompt");
    fields.report(
        "store",
        "metadata",
        "user",
        "safety_identifier",
        "service_tier",
        "prompt_cache_key",
        "prompt_cache_retention",
        "include",
        "max_tool_calls",
        "stream_options",
        "top_logprobs");
    Map<String, Object> echoed = new LinkedHashMap<>();
    for (String name :
        List.of("instructions", "temperature", "top_p", "max_output_tokens", "metadata")) {
      fields.object().value(name).ifPresent(value -> echoed.put(name, value));
    }
    echoed.put("tools", fields.object().value("tools").orElse(List.of()));
    echoed.put("tool_choice", fields.object().value("tool_choice").orElse("auto"));
    echoed.put("parallel_tool_calls", fields.object().bool("parallel_tool_calls", true));
    return new ResponsesRequest(chat, echoed);
  }

  private static boolean thinks(RequestFields fields) {
    Optional<RequestFields> reasoning = fields.object("reasoning");
    if (reasoning.isEmpty()) {
      return true;
    }
    boolean none = reasoning.get().object().value("effort").filter("none"::equals).isPresent();
    if (none) {
      reasoning.get().text("effort");
    }
    reasoning.get().report("effort", "summary", "generate_summary");
    reasoning.get().requireAllTaken();
    return !none;
  }

  private static Optional<Constraint> format(RequestFields fields) {
    Optional<RequestFields> text = fields.object("text");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    text.get().report("verbosity");
    Optional<RequestFields> format = text.get().object("format");
    text.get().requireAllTaken();
    if (format.isEmpty()) {
      return Optional.empty();
    }
    RequestFields its = format.get();
    String type = its.requiredText("type");
    Optional<Constraint> constraint =
        switch (type) {
          case "text" -> Optional.empty();
          case "json_object" -> Optional.of(Constraint.json());
          case "json_schema" -> {
            its.text("name");
            its.text("description");
            its.flag("strict", true);
            Object schema = its.value("schema").orElseThrow(() -> its.missing("schema"));
            yield Optional.of(ResponseFormat.schema(schema, "text.format.schema"));
          }
          default ->
              throw its.wrong(
                  "type", "is '" + type + "', allowed are text, json_object and json_schema");
        };
    its.requireAllTaken();
    return constraint;
  }

  /** Tools have their functions' fields beside the type here. */
  private static ToolChoice tools(RequestFields fields) {
    List<Object> given = fields.list("tools").orElse(List.of());
    Map<String, Object> chat = new LinkedHashMap<>();
    List<Object> tools = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      RequestFields tool = fields.within("tools." + i, given.get(i));
      if (!tool.requiredText("type").equals("function")) {
        throw tool.wrong("type", "is no function; this server runs no tools of its own");
      }
      Map<String, Object> function = new LinkedHashMap<>(tool.object().members());
      function.remove("type");
      Map<String, Object> wrapped = new LinkedHashMap<>();
      wrapped.put("type", "function");
      wrapped.put("function", new JsonObject(function, "tools"));
      tools.add(new JsonObject(wrapped, "tools"));
    }
    chat.put("tools", tools);
    fields.value("tool_choice").ifPresent(choice -> chat.put("tool_choice", choice));
    chat.put("parallel_tool_calls", fields.flag("parallel_tool_calls", true));
    return ToolFields.read(RequestFields.of(new JsonObject(chat, "the body")));
  }

  private static List<ChatMessage> messages(RequestFields fields) {
    List<Object> chat = new ArrayList<>();
    fields.text("instructions").ifPresent(text -> chat.add(message("system", text)));
    Object input = fields.value("input").orElseThrow(() -> fields.missing("input"));
    if (input instanceof String text) {
      chat.add(message("user", text));
    } else if (input instanceof List<?> items) {
      for (int i = 0; i < items.size(); i++) {
        add(chat, fields.within("input." + i, items.get(i)));
      }
    } else {
      throw fields.wrong("input", "is neither a text nor a list of items");
    }
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("messages", chat);
    return ChatMessages.read(RequestFields.of(new JsonObject(whole, "input")));
  }

  private static JsonObject message(String role, Object content) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", role);
    message.put("content", content);
    return new JsonObject(message, "message");
  }

  private static void add(List<Object> chat, RequestFields item) {
    String type = item.text("type").orElse("message");
    switch (type) {
      case "message" -> {
        chat.add(
            message(
                item.requiredText("role"),
                item.value("content").orElseThrow(() -> item.missing("content"))));
        item.report("id", "status");
      }
      case "function_call" -> {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", item.requiredText("name"));
        function.put("arguments", item.requiredText("arguments"));
        Map<String, Object> call = new LinkedHashMap<>();
        call.put("id", item.requiredText("call_id"));
        call.put("type", "function");
        call.put("function", new JsonObject(function, "function"));
        item.report("id", "status");
        addCall(chat, new JsonObject(call, "call"));
      }
      case "function_call_output" -> {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("role", "tool");
        result.put("tool_call_id", item.requiredText("call_id"));
        result.put("content", item.value("output").orElseThrow(() -> item.missing("output")));
        item.report("id", "status");
        chat.add(new JsonObject(result, "result"));
      }
      // Thoughts of earlier turns: templates leave them out too.
      case "reasoning" -> item.report("id", "summary", "content", "encrypted_content", "status");
      default -> throw item.wrong("type", "is '" + type + "', which is not known here");
    }
    item.requireAllTaken();
  }

  /** Calls that follow each other belong to one message. */
  private static void addCall(List<Object> chat, JsonObject call) {
    if (!chat.isEmpty()
        && chat.getLast() instanceof JsonObject last
        && last.value("role").filter("assistant"::equals).isPresent()) {
      Map<String, Object> members = new LinkedHashMap<>(last.members());
      List<Object> calls = new ArrayList<>(last.list("tool_calls").orElse(List.of()));
      calls.add(call);
      members.put("tool_calls", calls);
      chat.set(chat.size() - 1, new JsonObject(members, "message"));
      return;
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("role", "assistant");
    members.put("content", "");
    members.put("tool_calls", List.of(call));
    chat.add(new JsonObject(members, "message"));
  }
}
