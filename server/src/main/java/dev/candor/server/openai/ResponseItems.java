package dev.candor.server.openai;

import dev.candor.server.answers.AnswerPart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The items of a response as they come together: thoughts, a message, calls of functions; and the
 * events that tell of each step.
 */
final class ResponseItems {

  /** Takes events. */
  interface Events {
    void send(String type, Map<String, @Nullable Object> members);
  }

  private enum Kind {
    REASONING,
    MESSAGE,
    CALL
  }

  private final String name;
  private final IntFunction<String> callIds;
  private final Events events;
  private final List<Map<String, @Nullable Object>> done = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private @Nullable Kind open;
  private String function = "";
  private int calls;

  /**
   * @param name of the response, from which those of the items are made
   * @param callIds what calls are called
   */
  ResponseItems(String name, IntFunction<String> callIds, Events events) {
    this.name = name;
    this.callIds = callIds;
    this.events = events;
  }

  void take(AnswerPart part) {
    switch (part) {
      case AnswerPart.Thought it -> {
        begin(Kind.REASONING);
        piece("response.reasoning_text.delta", it.text());
      }
      case AnswerPart.Text it -> {
        begin(Kind.MESSAGE);
        piece("response.output_text.delta", it.text());
      }
      case AnswerPart.CallBegun it -> {
        finish();
        function = it.name();
        begin(Kind.CALL);
      }
      case AnswerPart.CallArguments it ->
          piece("response.function_call_arguments.delta", it.text());
    }
  }

  private void begin(Kind kind) {
    if (open == kind) {
      return;
    }
    finish();
    open = kind;
    text.setLength(0);
    Map<String, @Nullable Object> added = place();
    added.put("item", item(kind, "in_progress"));
    events.send("response.output_item.added", added);
    if (kind == Kind.MESSAGE) {
      Map<String, @Nullable Object> part = place();
      part.put("item_id", id(kind));
      part.put("content_index", 0);
      part.put("part", content(""));
      events.send("response.content_part.added", part);
    }
  }

  private void piece(String type, String piece) {
    text.append(piece);
    Map<String, @Nullable Object> delta = placeOfText();
    delta.put("delta", piece);
    if (open == Kind.MESSAGE) {
      delta.put("logprobs", List.of());
    }
    events.send(type, delta);
  }

  /** Ends the item that is open, if one is. */
  void finish() {
    Kind kind = open;
    if (kind == null) {
      return;
    }
    switch (kind) {
      case REASONING -> whole("response.reasoning_text.done", "text");
      case MESSAGE -> {
        Map<String, @Nullable Object> end = placeOfText();
        end.put("text", text.toString());
        end.put("logprobs", List.of());
        events.send("response.output_text.done", end);
        Map<String, @Nullable Object> part = placeOfText();
        part.put("part", content(text.toString()));
        events.send("response.content_part.done", part);
      }
      case CALL -> {
        Map<String, @Nullable Object> end = place();
        end.put("item_id", id(kind));
        end.put("name", function);
        end.put("arguments", text.toString());
        events.send("response.function_call_arguments.done", end);
      }
    }
    Map<String, @Nullable Object> item = item(kind, "completed");
    Map<String, @Nullable Object> end = place();
    end.put("item", item);
    events.send("response.output_item.done", end);
    done.add(item);
    calls += kind == Kind.CALL ? 1 : 0;
    open = null;
  }

  private void whole(String type, String member) {
    Map<String, @Nullable Object> end = placeOfText();
    end.put(member, text.toString());
    events.send(type, end);
  }

  /** All that has ended. */
  List<Map<String, @Nullable Object>> items() {
    return List.copyOf(done);
  }

  /** The text of the messages. */
  String text() {
    StringBuilder all = new StringBuilder();
    for (Map<String, @Nullable Object> item : done) {
      if (item.get("content") instanceof List<?> parts
          && !parts.isEmpty()
          && parts.getFirst() instanceof Map<?, ?> part
          && "output_text".equals(part.get("type"))) {
        all.append(part.get("text"));
      }
    }
    return all.toString();
  }

  private String id(Kind kind) {
    String beginning =
        switch (kind) {
          case REASONING -> "rs_";
          case MESSAGE -> "msg_";
          case CALL -> "fc_";
        };
    return beginning + name + "_" + done.size();
  }

  private Map<String, @Nullable Object> place() {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("output_index", done.size());
    return members;
  }

  private Map<String, @Nullable Object> placeOfText() {
    Map<String, @Nullable Object> members = place();
    members.put("item_id", id(open == null ? Kind.MESSAGE : open));
    if (open != Kind.CALL) {
      members.put("content_index", 0);
    }
    return members;
  }

  private static Map<String, @Nullable Object> content(String text) {
    Map<String, @Nullable Object> part = new LinkedHashMap<>();
    part.put("type", "output_text");
    part.put("text", text);
    part.put("annotations", List.of());
    part.put("logprobs", List.of());
    return part;
  }

  private Map<String, @Nullable Object> item(Kind kind, String status) {
    boolean isDone = status.equals("completed");
    Map<String, @Nullable Object> item = new LinkedHashMap<>();
    item.put("id", id(kind));
    switch (kind) {
      case REASONING -> {
        item.put("type", "reasoning");
        item.put("summary", List.of());
        Map<String, @Nullable Object> thoughts = new LinkedHashMap<>();
        thoughts.put("type", "reasoning_text");
        thoughts.put("text", text.toString());
        item.put("content", isDone ? List.of(thoughts) : List.of());
      }
      case MESSAGE -> {
        item.put("type", "message");
        item.put("status", status);
        item.put("role", "assistant");
        item.put("content", isDone ? List.of(content(text.toString())) : List.of());
      }
      case CALL -> {
        item.put("type", "function_call");
        item.put("status", status);
        item.put("call_id", callIds.apply(calls));
        item.put("name", function);
        item.put("arguments", isDone ? text.toString() : "");
      }
    }
    return item;
  }
}
