package dev.candor.server.openai;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.governance.decisions.Decision;
import dev.candor.server.EventStream;
import dev.candor.server.HttpProblem;
import dev.candor.server.answers.AnswerPart;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.answers.AnswerReader;
import dev.candor.server.batching.DecisionRuns;
import dev.candor.server.batching.RunLoop;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The reply of a chat in events, as clients put it together: the role first, each id and name once,
 * the reason of the end last, then the usage if it was asked for, then {@code [DONE]}.
 */
final class ChatStream implements RunLoop.Writer {

  private final ServerResponse response;
  private final ChatCompletionRequest request;
  private final AnswerPlan plan;
  private final List<String> reported;
  private final List<AnswerReader> readers = new ArrayList<>();
  private final boolean[] greeted;
  private final List<Decision> decisions = new ArrayList<>();
  private final long created = System.currentTimeMillis() / 1_000;
  private @Nullable EventStream events;
  private String id = "";
  private int seconds;
  private boolean failed;

  ChatStream(
      ServerResponse response,
      ChatCompletionRequest request,
      AnswerPlan plan,
      List<String> reported) {
    this.response = response;
    this.request = request;
    this.plan = plan;
    this.reported = reported;
    this.greeted = new boolean[request.choices()];
    for (int i = 0; i < request.choices(); i++) {
      readers.add(plan.reader());
    }
  }

  void write(DecisionRuns runs) {
    RunLoop.run(runs, readers.size(), this);
    if (failed) {
      return;
    }
    EventStream stream = events();
    if (request.includesUsage()) {
      int thoughts = readers.stream().mapToInt(AnswerReader::thoughts).sum();
      Map<String, @Nullable Object> chunk = chunk(List.of());
      chunk.put("usage", Reply.usage(plan, runs, decisions, thoughts));
      stream.data(chunk);
    }
    stream.text("[DONE]");
    stream.close();
  }

  @Override
  public void named(String decision) {
    if (id.isEmpty()) {
      id = "chatcmpl-" + decision;
      if (events == null) {
        response.header("Candor-Decision", decision);
      }
    }
  }

  /** Begins the response where that has not happened. */
  private EventStream events() {
    EventStream stream = events;
    if (stream == null) {
      stream = new EventStream(response);
      events = stream;
    }
    return stream;
  }

  @Override
  public void told(int choice, GeneratedToken token) {
    AnswerReader reader = readers.get(choice);
    tell(choice, reader, reader.next(token));
  }

  @Override
  public void second(String progress) {
    if (!id.isEmpty() || ++seconds >= EventStream.SECONDS_BEFORE_THE_STATUS) {
      events().comment(progress);
    }
  }

  @Override
  public void failed(HttpProblem problem) {
    failed = true;
    if (events == null) {
      throw problem;
    }
    events.data(ErrorBody.of(problem));
    events.close();
  }

  @Override
  public void finished(int choice, Decision decision) {
    decisions.add(decision);
    AnswerReader reader = readers.get(choice);
    tell(choice, reader, reader.finish(decision.output()));
    String reason = Reply.finishReason(decision, reader);
    greet(choice);
    Map<String, @Nullable Object> chunk = chunk(List.of(choice(choice, Map.of(), reason, reader)));
    chunk.put("candor", Reply.candor(List.of(decision), reported));
    events().data(chunk);
  }

  private void tell(int choice, AnswerReader reader, List<AnswerPart> parts) {
    for (AnswerPart part : parts) {
      greet(choice);
      Map<String, Object> delta =
          switch (part) {
            case AnswerPart.Text it -> Map.of("content", it.text());
            case AnswerPart.Thought it -> Map.of("reasoning_content", it.text());
            case AnswerPart.CallBegun it -> {
              Map<String, Object> function = new LinkedHashMap<>();
              function.put("name", it.name());
              function.put("arguments", "");
              Map<String, Object> call = new LinkedHashMap<>();
              call.put("index", it.index());
              call.put("id", reader.callId(id.substring("chatcmpl-".length()), choice, it.index()));
              call.put("type", "function");
              call.put("function", function);
              yield Map.of("tool_calls", List.of(call));
            }
            case AnswerPart.CallArguments it -> {
              Map<String, Object> call = new LinkedHashMap<>();
              call.put("index", it.index());
              call.put("function", Map.of("arguments", it.text()));
              yield Map.of("tool_calls", List.of(call));
            }
          };
      events().data(chunk(List.of(choice(choice, delta, null, reader))));
    }
  }

  /** The first chunk of a choice has the role. */
  private void greet(int choice) {
    if (!greeted[choice]) {
      greeted[choice] = true;
      Map<String, Object> delta = new LinkedHashMap<>();
      delta.put("role", "assistant");
      delta.put("content", "");
      Map<String, @Nullable Object> members = new LinkedHashMap<>();
      members.put("index", choice);
      members.put("delta", delta);
      members.put("logprobs", null);
      members.put("finish_reason", null);
      events().data(chunk(List.of(members)));
    }
  }

  private Map<String, @Nullable Object> choice(
      int index, Map<String, Object> delta, @Nullable String reason, AnswerReader reader) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("index", index);
    members.put("delta", delta);
    members.put("logprobs", logprobs(reader));
    members.put("finish_reason", reason);
    return members;
  }

  private @Nullable Object logprobs(AnswerReader reader) {
    var tokens = reader.takeSpoken();
    if (request.topLogprobs() < 0 || tokens.isEmpty()) {
      return null;
    }
    Map<String, @Nullable Object> logprobs = new LinkedHashMap<>();
    logprobs.put("content", Reply.logprobs(plan.model().language().tokenizer(), tokens));
    logprobs.put("refusal", null);
    return logprobs;
  }

  private Map<String, @Nullable Object> chunk(List<?> choices) {
    Map<String, @Nullable Object> chunk = new LinkedHashMap<>();
    chunk.put("id", id);
    chunk.put("object", "chat.completion.chunk");
    chunk.put("created", created);
    chunk.put("model", plan.model().name());
    chunk.put("choices", choices);
    if (request.includesUsage()) {
      chunk.put("usage", null);
    }
    return chunk;
  }
}
