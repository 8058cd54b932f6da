package dev.candor.server.openai;

import dev.candor.engine.templates.ChatMessage;
import dev.candor.governance.access.Principal;
import dev.candor.server.HttpProblem;
import dev.candor.server.JsonText;
import dev.candor.server.RequestFields;
import dev.candor.server.access.Gatekeeper;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.batching.DecisionRuns;
import dev.candor.server.models.ModelPool;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code POST /v1/chat/completions}. */
public final class ChatCompletions implements Handler {

  private final Questions questions;

  /** Asks them. */
  public ChatCompletions(Questions questions) {
    this.questions = questions;
  }

  @Override
  public void handle(ServerRequest http, ServerResponse response) {
    Principal principal = Gatekeeper.callerOf(http).principal();
    RequestFields fields = RequestFields.read(http);
    ChatCompletionRequest request = ChatCompletionRequest.read(fields);
    AskerFields asker = AskerFields.read(http.headers(), fields, questions.repeats(), principal);
    fields.requireAllTaken();
    try (ModelPool.Lease lease =
        questions.model(principal, request.model(), request.keepAliveSeconds())) {
      AnswerPlan plan = request.plan(lease.model());
      try (DecisionRuns runs =
          questions.begin(principal, asker, plan, request.manner(), asked(request.messages()))) {
        if (request.streams()) {
          new ChatStream(response, request, plan, fields.reported()).write(runs);
        } else {
          new ChatReply(request, plan, fields.reported()).send(runs, response);
        }
      }
    }
  }

  /** The words of the newest message: the record has all that the model has read, as tokens. */
  public static String asked(List<ChatMessage> messages) {
    return String.valueOf(messages.getLast().fields().getOrDefault("content", ""));
  }

  /** Sends JSON. */
  static void send(ServerResponse response, Object body) {
    response.header("Content-Type", "application/json").send(JsonText.bytes(body));
  }

  /** Says an error in the form of this wire. */
  public static void send(ServerResponse response, HttpProblem problem) {
    problem.headers().forEach((name, value) -> response.header(name, value));
    response.status(problem.status());
    send(response, ErrorBody.of(problem));
  }
}
