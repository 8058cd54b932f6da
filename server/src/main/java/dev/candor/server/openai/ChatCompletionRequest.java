package dev.candor.server.openai;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.server.RequestFields;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.answers.tools.ToolChoice;
import dev.candor.server.models.ServedModel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What {@code POST /v1/chat/completions} asks.
 *
 * @param model who is to answer
 * @param maximumTokens most tokens of the answer, thoughts included
 * @param choices how many answers
 * @param includesUsage whether a stream ends with the usage
 * @param topLogprobs as the engine takes it
 * @param thinks whether a model that can think may do so
 */
record ChatCompletionRequest(
    String model,
    List<ChatMessage> messages,
    SamplingFields sampling,
    OptionalInt maximumTokens,
    int choices,
    boolean streams,
    boolean includesUsage,
    int topLogprobs,
    Optional<Constraint> format,
    boolean thinks,
    ToolChoice tools,
    OptionalInt keepAliveSeconds) {

  static ChatCompletionRequest read(RequestFields fields) {
    String model = fields.requiredText("model");
    List<ChatMessage> messages = ChatMessages.read(fields);
    boolean streams = fields.flag("stream", false);
    Optional<RequestFields> options = fields.object("stream_options");
    boolean includesUsage = false;
    if (options.isPresent()) {
      if (!streams) {
        throw fields.wrong("stream_options", "is for streams alone");
      }
      includesUsage = options.get().flag("include_usage", false);
      // Padding against guesses by the length of packets.
      options.get().only("include_obfuscation", false);
      options.get().requireAllTaken();
    }
    ToolChoice tools = ToolFields.read(fields);
    Optional<Constraint> format = ResponseFormat.read(fields);
    if (format.isPresent() && tools.mayCall()) {
      throw fields.wrong(
          "response_format",
          "cannot be held to beside tools that may be called; ask for one of both");
    }
    ChatCompletionRequest request =
        new ChatCompletionRequest(
            model,
            messages,
            SamplingFields.read(fields),
            maximumTokens(fields),
            fields.integer("n", 1, Questions.MOST_CHOICES).stream()
                .mapToInt(it -> (int) it)
                .findFirst()
                .orElse(1),
            streams,
            includesUsage,
            logprobs(fields),
            format,
            thinks(fields),
            tools,
            KeepAlive.read(fields));
    fields.report(
        "user",
        "safety_identifier",
        "store",
        "metadata",
        "service_tier",
        "prompt_cache_key",
        "prompt_cache_retention",
        "verbosity");
    fields.only("modalities", List.of("text"));
    fields.only("functions");
    fields.only("function_call");
    return request;
  }

  /** What the model is to read. */
  AnswerPlan plan(ServedModel served) {
    return AnswerPlan.ofChat(served, messages, tools, format, thinks);
  }

  /** How it is to answer. */
  Questions.Manner manner() {
    return new Questions.Manner(sampling, maximumTokens, topLogprobs, choices);
  }

  private static OptionalInt maximumTokens(RequestFields fields) {
    OptionalLong old = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
    OptionalLong most = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
    if (old.isPresent() && most.isPresent() && old.getAsLong() != most.getAsLong()) {
      throw fields.wrong("max_tokens", "and max_completion_tokens say different numbers");
    }
    OptionalLong one = most.isPresent() ? most : old;
    return one.isPresent() ? OptionalInt.of((int) one.getAsLong()) : OptionalInt.empty();
  }

  private static int logprobs(RequestFields fields) {
    OptionalLong top = fields.integer("top_logprobs", 0, 20);
    if (!fields.flag("logprobs", false)) {
      if (top.isPresent() && top.getAsLong() > 0) {
        throw fields.wrong("top_logprobs", "needs logprobs");
      }
      return -1;
    }
    return top.isPresent() ? (int) top.getAsLong() : 0;
  }

  /**
   * Effort {@code none} keeps a model from thinking; how much it thinks otherwise is its own
   * matter.
   */
  private static boolean thinks(RequestFields fields) {
    boolean none = fields.object().value("reasoning_effort").filter("none"::equals).isPresent();
    if (none) {
      fields.text("reasoning_effort");
    } else {
      fields.report("reasoning_effort");
    }
    return !none;
  }
}
