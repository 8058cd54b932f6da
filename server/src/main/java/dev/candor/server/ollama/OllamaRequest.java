package dev.candor.server.ollama;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.server.RequestFields;
import dev.candor.server.answers.tools.ToolChoice;
import dev.candor.server.openai.ChatMessages;
import dev.candor.server.openai.KeepAlive;
import dev.candor.server.openai.Questions;
import dev.candor.server.openai.ResponseFormat;
import dev.candor.server.openai.SamplingFields;
import dev.candor.server.openai.ToolFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What {@code POST /api/chat} and {@code POST /api/generate} ask.
 *
 * @param model who is to answer
 * @param messages empty if a text is to be gone on from as it is
 * @param text that text
 * @param streams whether the answer comes line by line
 * @param thinks whether a model that can think may do so
 */
record OllamaRequest(
    String model,
    List<ChatMessage> messages,
    String text,
    Questions.Manner manner,
    Optional<Constraint> format,
    ToolChoice tools,
    boolean streams,
    boolean thinks,
    OptionalInt keepAliveSeconds) {

  private static final String LATEST = ":latest";

  /** How much a model is to think, in the words of Ollama's clients. */
  private static final List<String> LEVELS = List.of("low", "medium", "high");

  /** The name of a model; Ollama's clients put a tag behind it. */
  static String modelName(String given) {
    return given.endsWith(LATEST) ? given.substring(0, given.length() - LATEST.length()) : given;
  }

  static OllamaRequest chat(RequestFields fields) {
    List<Object> given = fields.list("messages").orElse(List.of());
    List<Object> chat = new ArrayList<>();
    String lastCall = "";
    for (int i = 0; i < given.size(); i++) {
      RequestFields message = fields.within("messages." + i, given.get(i));
      Map<String, Object> members = new LinkedHashMap<>(message.object().members());
      message.only("images", List.of());
      members.remove("images");
      Optional<Object> thoughts = message.value("thinking");
      members.remove("thinking");
      thoughts.ifPresent(it -> members.put("reasoning_content", it));
      Optional<List<Object>> calls = message.list("tool_calls");
      members.remove("tool_calls");
      if (calls.isPresent() && !calls.get().isEmpty()) {
        List<Object> named = new ArrayList<>();
        for (int c = 0; c < calls.get().size(); c++) {
          lastCall = "call_" + i + "_" + c;
          named.add(call(message.within("tool_calls." + c, calls.get().get(c)), lastCall));
        }
        members.put("tool_calls", named);
      }
      if (members.get("role") instanceof String role && role.equals("tool")) {
        members.remove("tool_name");
        members.remove("name");
        members.putIfAbsent("tool_call_id", lastCall);
      }
      chat.add(new JsonObject(members, "message"));
    }
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("messages", chat);
    List<ChatMessage> messages =
        ChatMessages.read(RequestFields.of(new JsonObject(whole, "the body")));
    ToolChoice tools = ToolFields.read(fields);
    return rest(fields, messages, "", tools);
  }

  private static JsonObject call(RequestFields call, String id) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", id);
    members.put("type", "function");
    RequestFields function = call.object("function").orElseThrow(() -> call.missing("function"));
    Map<String, Object> its = new LinkedHashMap<>(function.object().members());
    its.remove("index");
    members.put("function", new JsonObject(its, "function"));
    return new JsonObject(members, "call");
  }

  static OllamaRequest generate(RequestFields fields) {
    String prompt = fields.text("prompt").orElse("");
    boolean raw = fields.flag("raw", false);
    Optional<String> system = fields.text("system");
    if (raw && system.isPresent()) {
      throw fields.wrong("system", "is put into a template, and raw asks for none");
    }
    fields.only("suffix", "");
    fields.only("images", List.of());
    fields.only("context", List.of());
    fields.only("template", "");
    List<ChatMessage> messages = new ArrayList<>();
    if (!raw) {
      system.ifPresent(text -> messages.add(ChatMessage.of("system", text)));
      messages.add(ChatMessage.of("user", prompt));
    }
    return rest(fields, messages, prompt, ToolChoice.NONE);
  }

  /** Nothing is asked: what is said of an answer must be right all the same, and is reported. */
  static OllamaRequest load(RequestFields fields) {
    fields.text("system");
    fields.flag("raw", false);
    OllamaRequest request = rest(fields, List.of(), "", ToolFields.read(fields));
    fields.report("system", "raw", "template", "stream", "options", "format", "think", "tools");
    return request;
  }

  private static OllamaRequest rest(
      RequestFields fields, List<ChatMessage> messages, String text, ToolChoice tools) {
    String model = modelName(fields.requiredText("model"));
    boolean streams = fields.flag("stream", true);
    boolean thinks = thinks(fields);
    Optional<Constraint> format = format(fields);
    if (format.isPresent() && tools.mayCall()) {
      throw fields.wrong("format", "cannot be held to beside tools that may be called");
    }
    Questions.Manner manner =
        manner(
            fields
                .object("options")
                .orElseGet(() -> RequestFields.of(new JsonObject(Map.of(), "options"))));
    OptionalInt keepAlive = KeepAlive.read(fields);
    return new OllamaRequest(
        model, messages, text, manner, format, tools, streams, thinks, keepAlive);
  }

  /** Whether to think is the request's matter; how much, the model's own. */
  private static boolean thinks(RequestFields fields) {
    Object think = fields.value("think").orElse(true);
    if (think instanceof String level && LEVELS.contains(level)) {
      fields.report("think");
      return true;
    }
    if (!(think instanceof Boolean flag)) {
      throw fields.wrong("think", "is neither a flag nor one of " + String.join(", ", LEVELS));
    }
    return flag;
  }

  private static Optional<Constraint> format(RequestFields fields) {
    Object format = fields.value("format").orElse("");
    if (format.equals("")) {
      return Optional.empty();
    }
    if (format instanceof String word) {
      if (!word.equals("json")) {
        throw fields.wrong("format", "is '" + word + "', allowed are json or a schema");
      }
      return Optional.of(Constraint.json());
    }
    return Optional.of(ResponseFormat.schema(format, "format"));
  }

  private static Questions.Manner manner(RequestFields options) {
    Map<String, Object> renamed = new LinkedHashMap<>(options.object().members());
    Object penalty = renamed.remove("repeat_penalty");
    if (penalty != null) {
      renamed.put("repetition_penalty", penalty);
    }
    RequestFields fields = RequestFields.of(new JsonObject(renamed, "options"));
    OptionalLong most = fields.integer("num_predict", -2, Integer.MAX_VALUE);
    SamplingFields sampling = SamplingFields.read(fields);
    // How much there is room for is the server's matter; a request that needs more is refused.
    fields.report(
        "num_ctx",
        "num_batch",
        "num_gpu",
        "main_gpu",
        "num_thread",
        "num_keep",
        "numa",
        "use_mmap",
        "use_mlock",
        "low_vram",
        "f16_kv",
        "logits_all",
        "vocab_only",
        "embedding_only",
        "penalize_newline",
        "repeat_last_n",
        "typical_p",
        "tfs_z",
        "mirostat",
        "mirostat_eta",
        "mirostat_tau");
    fields.requireAllTaken();
    fields.reported().forEach(options::report);
    return new Questions.Manner(
        sampling,
        most.isPresent() && most.getAsLong() > 0
            ? OptionalInt.of((int) most.getAsLong())
            : OptionalInt.empty(),
        -1,
        1);
  }
}
