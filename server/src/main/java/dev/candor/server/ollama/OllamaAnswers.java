package dev.candor.server.ollama;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.json.Json;
import dev.candor.governance.access.Principal;
import dev.candor.governance.decisions.Decision;
import dev.candor.server.EventStream;
import dev.candor.server.HttpProblem;
import dev.candor.server.JsonText;
import dev.candor.server.LongReply;
import dev.candor.server.RequestFields;
import dev.candor.server.access.Gatekeeper;
import dev.candor.server.answers.AnswerPart;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.answers.AnswerReader;
import dev.candor.server.batching.DecisionRuns;
import dev.candor.server.batching.RunLoop;
import dev.candor.server.connections.Exchange;
import dev.candor.server.models.ModelPool;
import dev.candor.server.models.ServedModel;
import dev.candor.server.openai.AskerFields;
import dev.candor.server.openai.ChatCompletions;
import dev.candor.server.openai.Questions;
import dev.candor.server.openai.Reply;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/chat} and {@code POST /api/generate}. */
public final class OllamaAnswers {

  private static final Json.Limits ARGUMENTS = new Json.Limits(4L << 20, 64, 50_000);

  private final Questions questions;

  /** Asks them. */
  public OllamaAnswers(Questions questions) {
    this.questions = questions;
  }

  /** A chat. */
  public void chat(ServerRequest http, ServerResponse response) {
    RequestFields fields = RequestFields.read(http);
    if (fields.list("messages").orElse(List.of()).isEmpty()) {
      load(http, fields, response, true);
      return;
    }
    answer(http, response, fields, OllamaRequest.chat(fields), true);
  }

  /** A text. */
  public void generate(ServerRequest http, ServerResponse response) {
    RequestFields fields = RequestFields.read(http);
    if (fields.text("prompt").orElse("").isEmpty()) {
      load(http, fields, response, false);
      return;
    }
    answer(http, response, fields, OllamaRequest.generate(fields), false);
  }

  /** Nothing is asked: the model is brought into memory, or given its time there. */
  private void load(
      ServerRequest http, RequestFields fields, ServerResponse response, boolean isChat) {
    Principal principal = Gatekeeper.callerOf(http).principal();
    OllamaRequest request = OllamaRequest.load(fields);
    fields.requireAllTaken();
    try (ModelPool.Lease lease =
        questions.model(principal, request.model(), request.keepAliveSeconds())) {
      Map<String, Object> body = beginning(lease.model());
      if (isChat) {
        body.put("message", message("", "", List.of()));
      } else {
        body.put("response", "");
      }
      body.put("done", true);
      body.put("done_reason", "load");
      body.put("candor", Reply.candor(List.of(), fields.reported()));
      response.header("Content-Type", "application/json").send(JsonText.bytes(body));
    }
  }

  private void answer(
      ServerRequest http,
      ServerResponse response,
      RequestFields fields,
      OllamaRequest request,
      boolean isChat) {
    Principal principal = Gatekeeper.callerOf(http).principal();
    AskerFields asker = AskerFields.read(http.headers(), fields, questions.repeats(), principal);
    fields.requireAllTaken();
    try (ModelPool.Lease lease =
        questions.model(principal, request.model(), request.keepAliveSeconds())) {
      ServedModel model = lease.model();
      if (model.language().thinkingEnd().isEmpty()
          && fields.object().value("think").filter(Boolean.TRUE::equals).isPresent()) {
        fields.report("think");
      }
      AnswerPlan plan =
          request.messages().isEmpty() || !isChat && model.chat().isEmpty()
              ? AnswerPlan.ofText(
                  model,
                  model.language().tokenizer().encode(request.text(), true, false),
                  request.format())
              : AnswerPlan.ofChat(
                  model, request.messages(), request.tools(), request.format(), request.thinks());
      String asked = isChat ? ChatCompletions.asked(request.messages()) : request.text();
      try (DecisionRuns runs = questions.begin(principal, asker, plan, request.manner(), asked)) {
        RunLoop.run(runs, 1, new Writer(response, request, plan, fields.reported(), isChat));
      }
    }
  }

  private static Map<String, Object> beginning(ServedModel model) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", model.name());
    body.put("created_at", Instant.now().toString());
    return body;
  }

  private static Map<String, Object> message(String text, String thoughts, List<Object> calls) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", "assistant");
    message.put("content", text);
    if (!thoughts.isEmpty()) {
      message.put("thinking", thoughts);
    }
    if (!calls.isEmpty()) {
      message.put("tool_calls", calls);
    }
    return message;
  }

  /** Writes either form of the reply. */
  private static final class Writer implements RunLoop.Writer {

    private final ServerResponse response;
    private final LongReply reply;
    private final OllamaRequest request;
    private final AnswerPlan plan;
    private final List<String> reported;
    private final boolean isChat;
    private final AnswerReader reader;
    private final long began = System.nanoTime();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thoughts = new StringBuilder();
    private final List<Object> calls = new ArrayList<>();
    private final StringBuilder arguments = new StringBuilder();
    private String function = "";
    private long firstNanos;
    private int seconds;
    private @Nullable OutputStream lines;

    Writer(
        ServerResponse response,
        OllamaRequest request,
        AnswerPlan plan,
        List<String> reported,
        boolean isChat) {
      this.response = response;
      this.reply = new LongReply(response);
      this.request = request;
      this.plan = plan;
      this.reported = reported;
      this.isChat = isChat;
      this.reader = plan.reader();
    }

    @Override
    public void named(String decision) {
      if (lines == null) {
        reply.header("Candor-Decision", decision);
      }
    }

    @Override
    public void told(int choice, GeneratedToken token) {
      firstNanos = firstNanos == 0 ? System.nanoTime() - began : firstNanos;
      take(reader.next(token));
    }

    private void take(List<AnswerPart> parts) {
      for (AnswerPart part : parts) {
        switch (part) {
          case AnswerPart.Text it -> piece(it.text(), "");
          case AnswerPart.Thought it -> piece("", it.text());
          case AnswerPart.CallBegun it -> {
            endCall();
            function = it.name();
          }
          case AnswerPart.CallArguments it -> arguments.append(it.text());
        }
      }
    }

    private void piece(String itsText, String itsThoughts) {
      if (request.streams()) {
        line(part(itsText, itsThoughts, List.of()));
      } else {
        text.append(itsText);
        thoughts.append(itsThoughts);
      }
    }

    /** Arguments are an object here, and so come as a whole. */
    private void endCall() {
      if (function.isEmpty()) {
        return;
      }
      Map<String, Object> its = new LinkedHashMap<>();
      its.put("name", function);
      its.put(
          "arguments",
          Json.parse(
              new ByteArrayInputStream(arguments.toString().getBytes(StandardCharsets.UTF_8)),
              ARGUMENTS,
              "arguments"));
      Map<String, Object> call = new LinkedHashMap<>();
      call.put("function", its);
      function = "";
      arguments.setLength(0);
      if (request.streams()) {
        line(part("", "", List.of(call)));
      } else {
        calls.add(call);
      }
    }

    private Map<String, Object> part(String itsText, String itsThoughts, List<Object> itsCalls) {
      Map<String, Object> body = beginning(plan.model());
      if (isChat) {
        body.put("message", message(itsText, itsThoughts, itsCalls));
      } else {
        body.put("response", itsText);
        if (!itsThoughts.isEmpty()) {
          body.put("thinking", itsThoughts);
        }
      }
      body.put("done", false);
      return body;
    }

    private void line(Map<String, Object> body) {
      write(JsonText.of(body) + "\n");
    }

    private void write(String text) {
      try {
        OutputStream out = lines;
        if (out == null) {
          response.header("Content-Type", "application/x-ndjson");
          out = Exchange.current().output(response);
          lines = out;
        }
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void finished(int choice, Decision decision) {
      String reason = Reply.finishReason(decision, reader);
      take(reader.finish(decision.output()));
      boolean cutOff = reason.equals("length");
      if (!cutOff) {
        endCall();
      }
      long all = System.nanoTime() - began;
      Map<String, Object> body = part(text.toString(), thoughts.toString(), calls);
      body.put("done", true);
      body.put("done_reason", cutOff ? "length" : "stop");
      body.put("total_duration", all);
      body.put("load_duration", 0);
      body.put("prompt_eval_count", plan.prompt().size());
      body.put("prompt_eval_duration", firstNanos);
      body.put("eval_count", decision.output().tokens().size());
      body.put("eval_duration", Math.max(0, all - firstNanos));
      body.put("candor", Reply.candor(List.of(decision), reported));
      if (request.streams()) {
        line(body);
        close();
      } else {
        reply.send(body);
      }
    }

    private void close() {
      try {
        if (lines != null) {
          lines.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void failed(HttpProblem problem) {
      if (lines == null) {
        throw problem;
      }
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("error", String.valueOf(problem.getMessage()));
      line(body);
      close();
    }

    @Override
    public void second(String progress) {
      if (!request.streams()) {
        reply.second();
      } else if (++seconds >= EventStream.SECONDS_BEFORE_THE_STATUS) {
        // Blanks before a line are none of it, and show whether the client is still there.
        write(" ");
      }
    }
  }
}
