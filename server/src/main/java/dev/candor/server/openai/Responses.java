package dev.candor.server.openai;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.governance.access.Principal;
import dev.candor.governance.decisions.Decision;
import dev.candor.server.EventStream;
import dev.candor.server.HttpProblem;
import dev.candor.server.LongReply;
import dev.candor.server.RequestFields;
import dev.candor.server.access.Gatekeeper;
import dev.candor.server.answers.AnswerPart;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.answers.AnswerReader;
import dev.candor.server.batching.DecisionRuns;
import dev.candor.server.batching.RunLoop;
import dev.candor.server.models.ModelPool;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/responses}: a chat in OpenAI's newer form. Nothing is kept between requests. */
public final class Responses implements Handler {

  private final Questions questions;

  /** Asks them. */
  public Responses(Questions questions) {
    this.questions = questions;
  }

  @Override
  public void handle(ServerRequest http, ServerResponse response) {
    Principal principal = Gatekeeper.callerOf(http).principal();
    RequestFields fields = RequestFields.read(http);
    ResponsesRequest request = ResponsesRequest.read(fields);
    AskerFields asker = AskerFields.read(http.headers(), fields, questions.repeats(), principal);
    fields.requireAllTaken();
    ChatCompletionRequest chat = request.chat();
    try (ModelPool.Lease lease =
        questions.model(principal, chat.model(), chat.keepAliveSeconds())) {
      AnswerPlan plan = chat.plan(lease.model());
      String asked = ChatCompletions.asked(chat.messages());
      try (DecisionRuns runs = questions.begin(principal, asker, plan, chat.manner(), asked)) {
        RunLoop.run(runs, 1, new Writer(response, runs, request, plan, fields.reported()));
      }
    }
  }

  /** Writes either form of the reply. */
  private static final class Writer implements RunLoop.Writer {

    private final ServerResponse response;
    private final LongReply reply;
    private final DecisionRuns runs;
    private final ResponsesRequest request;
    private final AnswerPlan plan;
    private final List<String> reported;
    private final AnswerReader reader;
    private final long created = System.currentTimeMillis() / 1_000;
    private @Nullable EventStream events;
    private @Nullable ResponseItems items;
    private int number;
    private int seconds;
    private String id = "";

    Writer(
        ServerResponse response,
        DecisionRuns runs,
        ResponsesRequest request,
        AnswerPlan plan,
        List<String> reported) {
      this.response = response;
      this.reply = new LongReply(response);
      this.runs = runs;
      this.request = request;
      this.plan = plan;
      this.reported = reported;
      this.reader = plan.reader();
    }

    @Override
    public void named(String decision) {
      if (id.isEmpty()) {
        id = decision;
        if (events == null) {
          reply.header("Candor-Decision", decision);
        }
      }
    }

    /** The items; begins the response where it streams. */
    private ResponseItems items() {
      ResponseItems begun = items;
      if (begun == null) {
        begun = new ResponseItems(id, index -> reader.callId(id, 0, index), this::send);
        items = begun;
        if (request.chat().streams()) {
          send("response.created", around(body("in_progress", null)));
          send("response.in_progress", around(body("in_progress", null)));
        }
      }
      return begun;
    }

    private static Map<String, @Nullable Object> around(Map<String, @Nullable Object> body) {
      Map<String, @Nullable Object> members = new LinkedHashMap<>();
      members.put("response", body);
      return members;
    }

    private void send(String type, Map<String, @Nullable Object> members) {
      if (!request.chat().streams()) {
        return;
      }
      Map<String, @Nullable Object> event = new LinkedHashMap<>();
      event.put("type", type);
      event.put("sequence_number", number++);
      event.putAll(members);
      events().data(type, event);
    }

    private EventStream events() {
      EventStream stream = events;
      if (stream == null) {
        stream = new EventStream(response);
        events = stream;
      }
      return stream;
    }

    private void take(List<AnswerPart> parts) {
      parts.forEach(items()::take);
    }

    @Override
    public void told(int choice, GeneratedToken token) {
      take(reader.next(token));
    }

    @Override
    public void finished(int choice, Decision decision) {
      String reason = Reply.finishReason(decision, reader);
      take(reader.finish(decision.output()));
      items().finish();
      boolean whole = !reason.equals("length");
      Map<String, @Nullable Object> body = body(whole ? "completed" : "incomplete", decision);
      if (request.chat().streams()) {
        send(whole ? "response.completed" : "response.incomplete", around(body));
        events().close();
      } else {
        reply.send(body);
      }
    }

    @Override
    public void failed(HttpProblem problem) {
      if (events == null) {
        throw problem;
      }
      Map<String, @Nullable Object> body = body("failed", null);
      Map<String, @Nullable Object> error = new LinkedHashMap<>();
      error.put("code", problem.code());
      error.put("message", problem.getMessage());
      body.put("error", error);
      send("response.failed", around(body));
      events().close();
    }

    @Override
    public void second(String progress) {
      if (!request.chat().streams()) {
        reply.second();
      } else if (!id.isEmpty() || ++seconds >= EventStream.SECONDS_BEFORE_THE_STATUS) {
        events().comment(progress);
      }
    }

    private Map<String, @Nullable Object> body(String status, @Nullable Decision decision) {
      Map<String, @Nullable Object> body = new LinkedHashMap<>();
      body.put("id", "resp_" + id);
      body.put("object", "response");
      body.put("created_at", created);
      body.put("status", status);
      body.put("error", null);
      body.put(
          "incomplete_details",
          status.equals("incomplete") ? Map.of("reason", "max_output_tokens") : null);
      body.put("model", plan.model().name());
      body.put("output", items == null ? List.of() : items.items());
      body.put("instructions", null);
      body.put("metadata", Map.of());
      body.put("temperature", null);
      body.put("top_p", null);
      body.putAll(request.echoed());
      if (decision != null) {
        int written = decision.output().tokens().size();
        Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("input_tokens", plan.prompt().size());
        usage.put("input_tokens_details", Map.of("cached_tokens", runs.reusedTokens(0, 1)));
        usage.put("output_tokens", written);
        usage.put("output_tokens_details", Map.of("reasoning_tokens", reader.thoughts()));
        usage.put("total_tokens", plan.prompt().size() + written);
        body.put("usage", usage);
        body.put("candor", Reply.candor(List.of(decision), reported));
      } else {
        body.put("usage", null);
      }
      return body;
    }
  }
}
