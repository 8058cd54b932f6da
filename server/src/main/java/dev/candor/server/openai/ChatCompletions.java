package dev.candor.server.openai;

import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.governance.decisions.ContextSource;
import dev.candor.governance.decisions.DecisionRequest;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.server.HttpProblem;
import dev.candor.server.JsonText;
import dev.candor.server.RequestFields;
import dev.candor.server.access.Caller;
import dev.candor.server.access.Gatekeeper;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.batching.Decider;
import dev.candor.server.batching.DecisionRuns;
import dev.candor.server.models.ModelPool;
import dev.candor.server.models.ServedModel;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code POST /v1/chat/completions}. */
public final class ChatCompletions implements Handler {

  private final ModelPool models;
  private final Decider decider;
  private final AskerFields.Repeats repeats;

  /**
   * @param models who may be asked
   * @param repeats knows requests again
   */
  public ChatCompletions(ModelPool models, Decider decider, AskerFields.Repeats repeats) {
    this.models = models;
    this.decider = decider;
    this.repeats = repeats;
  }

  @Override
  public void handle(ServerRequest http, ServerResponse response) {
    Caller caller = Gatekeeper.callerOf(http);
    RequestFields fields = RequestFields.read(http.content().inputStream());
    ChatCompletionRequest request = ChatCompletionRequest.read(fields);
    AskerFields asker = AskerFields.read(http.headers(), fields, repeats, caller.principal());
    fields.requireAllTaken();
    try (ModelPool.Lease lease = models.use(request.model())) {
      request.keepAliveSeconds().ifPresent(it -> lease.keepAlive(Duration.ofSeconds(it)));
      AnswerPlan plan =
          AnswerPlan.ofChat(
              lease.model(),
              request.messages(),
              request.tools(),
              request.format(),
              request.thinks());
      try (DecisionRuns runs = decider.begin(runs(caller, asker, request, plan))) {
        if (request.streams()) {
          new ChatStream(response, request, plan, fields.reported()).write(runs);
        } else {
          new ChatReply(request, plan, fields.reported()).send(runs, response);
        }
      }
    }
  }

  private static List<DecisionRuns.Run> runs(
      Caller caller, AskerFields asker, ChatCompletionRequest request, AnswerPlan plan) {
    ServedModel model = plan.model();
    int most = plan.maximumTokens(request.maximumTokens());
    SessionOptions session =
        model.session(Math.min(model.contextTokens(), plan.prompt().size() + most));
    List<DecisionRuns.Run> runs = new ArrayList<>();
    for (int choice = 0; choice < request.choices(); choice++) {
      GenerationRequest generation =
          request
              .sampling()
              .request(
                  model.language().defaultSampling(),
                  model.language().model().vocabularySize(),
                  most,
                  request.topLogprobs(),
                  asker.seed(caller.principal()),
                  choice);
      generation = plan.constraint().map(generation::within).orElse(generation);
      DecisionTask task =
          new DecisionTask.Generate(plan.prompt(), session, generation, Optional.empty());
      runs.add(
          new DecisionRuns.Run(
              new DecisionRequest(
                  caller.principal(),
                  asker.purpose(),
                  asker.subject(),
                  asker.key(choice),
                  model.identity(),
                  asked(request.messages()),
                  task),
              ContextSource.anew(model.language(), session)));
    }
    return runs;
  }

  /** The words of the newest message: the record has all that the model has read, as tokens. */
  private static String asked(List<ChatMessage> messages) {
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
