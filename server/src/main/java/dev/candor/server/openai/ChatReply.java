package dev.candor.server.openai;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.governance.decisions.Decision;
import dev.candor.server.HttpProblem;
import dev.candor.server.LongReply;
import dev.candor.server.answers.AnswerPart;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.answers.AnswerReader;
import dev.candor.server.batching.DecisionRuns;
import dev.candor.server.batching.RunLoop;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The reply of a chat as one JSON object. */
final class ChatReply {

  private final ChatCompletionRequest request;
  private final AnswerPlan plan;
  private final List<String> reported;

  ChatReply(ChatCompletionRequest request, AnswerPlan plan, List<String> reported) {
    this.request = request;
    this.plan = plan;
    this.reported = reported;
  }

  /** A choice as it comes together. */
  private static final class Choice {
    private final AnswerReader reader;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thoughts = new StringBuilder();
    private final List<String> names = new ArrayList<>();
    private final List<StringBuilder> arguments = new ArrayList<>();
    private final List<GeneratedToken> tokens = new ArrayList<>();
    private @Nullable Decision decision;

    Choice(AnswerReader reader) {
      this.reader = reader;
    }

    void take(List<AnswerPart> parts) {
      for (AnswerPart part : parts) {
        switch (part) {
          case AnswerPart.Text it -> text.append(it.text());
          case AnswerPart.Thought it -> thoughts.append(it.text());
          case AnswerPart.CallBegun it -> {
            names.add(it.name());
            arguments.add(new StringBuilder());
          }
          case AnswerPart.CallArguments it -> arguments.get(it.index()).append(it.text());
        }
      }
      tokens.addAll(reader.takeSpoken());
    }
  }

  void send(DecisionRuns runs, ServerResponse response) {
    List<Choice> choices = new ArrayList<>();
    for (int i = 0; i < request.choices(); i++) {
      choices.add(new Choice(plan.reader()));
    }
    LongReply reply = new LongReply(response);
    RunLoop.run(
        runs,
        choices.size(),
        new RunLoop.Writer() {
          @Override
          public void named(String decision) {}

          @Override
          public void told(int choice, GeneratedToken token) {
            Choice its = choices.get(choice);
            its.take(its.reader.next(token));
          }

          @Override
          public void finished(int choice, Decision decision) {
            Choice its = choices.get(choice);
            its.decision = decision;
            its.take(its.reader.finish(decision.output()));
          }

          @Override
          public void failed(HttpProblem problem) {
            throw problem;
          }

          @Override
          public void second(String progress) {
            reply.second();
          }
        });
    reply.send(body(runs, choices, reply));
  }

  private Map<String, Object> body(DecisionRuns runs, List<Choice> choices, LongReply reply) {
    List<Decision> decisions = new ArrayList<>();
    List<Object> written = new ArrayList<>();
    for (int i = 0; i < choices.size(); i++) {
      Decision decision = choices.get(i).decision;
      if (decision != null) {
        decisions.add(decision);
        written.add(choice(i, choices.get(i), decision));
      }
    }
    String first = decisions.getFirst().receipt().decision();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", "chatcmpl-" + first);
    body.put("object", "chat.completion");
    body.put("created", System.currentTimeMillis() / 1_000);
    body.put("model", plan.model().name());
    body.put("choices", written);
    int thoughts = choices.stream().mapToInt(it -> it.reader.thoughts()).sum();
    body.put("usage", Reply.usage(plan, runs, decisions, thoughts));
    body.put("system_fingerprint", "candor-" + plan.model().identity().digest().substring(0, 16));
    body.put("candor", Reply.candor(decisions, reported));
    reply.header("Candor-Decision", first);
    return body;
  }

  private Map<String, Object> choice(int index, Choice choice, Decision decision) {
    Map<String, @Nullable Object> message = new LinkedHashMap<>();
    message.put("role", "assistant");
    boolean calls = !choice.names.isEmpty();
    message.put("content", calls && choice.text.isEmpty() ? null : choice.text.toString());
    message.put("refusal", null);
    if (!choice.thoughts.isEmpty()) {
      message.put("reasoning_content", choice.thoughts.toString());
    }
    if (calls) {
      List<Object> written = new ArrayList<>();
      for (int i = 0; i < choice.names.size(); i++) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", choice.names.get(i));
        function.put("arguments", choice.arguments.get(i).toString().strip());
        Map<String, Object> call = new LinkedHashMap<>();
        call.put("id", choice.reader.callId(decision.receipt().decision(), index, i));
        call.put("type", "function");
        call.put("function", function);
        written.add(call);
      }
      message.put("tool_calls", written);
    }
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("index", index);
    members.put("message", Collections.unmodifiableMap(message));
    members.put("logprobs", logprobs(choice));
    members.put("finish_reason", Reply.finishReason(decision, choice.reader));
    @SuppressWarnings("NullAway") // JSON has null.
    Map<String, Object> result = Collections.unmodifiableMap(members);
    return result;
  }

  private @Nullable Object logprobs(Choice choice) {
    if (request.topLogprobs() < 0) {
      return null;
    }
    Map<String, @Nullable Object> logprobs = new LinkedHashMap<>();
    logprobs.put("content", Reply.logprobs(plan.model().language().tokenizer(), choice.tokens));
    logprobs.put("refusal", null);
    return logprobs;
  }
}
