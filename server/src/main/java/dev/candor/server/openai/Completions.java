package dev.candor.server.openai;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.governance.access.Principal;
import dev.candor.governance.decisions.Decision;
import dev.candor.server.EventStream;
import dev.candor.server.HttpProblem;
import dev.candor.server.LongReply;
import dev.candor.server.RequestFields;
import dev.candor.server.access.Gatekeeper;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.batching.DecisionRuns;
import dev.candor.server.batching.RunLoop;
import dev.candor.server.models.ModelPool;
import dev.candor.server.models.ServedModel;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/completions}: a model goes on from a text as it is. */
public final class Completions implements Handler {

  private static final int MOST_PROMPTS = 16;

  private final Questions questions;

  /** Asks them. */
  public Completions(Questions questions) {
    this.questions = questions;
  }

  @Override
  public void handle(ServerRequest http, ServerResponse response) {
    Principal principal = Gatekeeper.callerOf(http).principal();
    RequestFields fields = RequestFields.read(http);
    String name = fields.requiredText("model");
    List<Object> prompts = prompts(fields);
    boolean streams = fields.flag("stream", false);
    boolean usage =
        fields
            .object("stream_options")
            .map(options -> {
              boolean wanted = options.flag("include_usage", false);
              options.only("include_obfuscation", false);
              options.requireAllTaken();
              return wanted;
            })
            .orElse(false);
    OptionalLong logprobs = fields.integer("logprobs", 0, 20);
    int choices = (int) fields.integer("n", 1, Questions.MOST_CHOICES).orElse(1);
    fields.only("echo", false);
    fields.only("suffix", "");
    fields.only("best_of", (long) choices);
    fields.report("user");
    Questions.Manner manner =
        new Questions.Manner(
            SamplingFields.read(fields),
            // OpenAI's default; whoever wants more says so.
            OptionalInt.of((int) fields.integer("max_tokens", 1, Integer.MAX_VALUE).orElse(16)),
            logprobs.isPresent() ? (int) logprobs.getAsLong() : -1,
            choices);
    OptionalInt keepAlive = KeepAlive.read(fields);
    AskerFields asker = AskerFields.read(http.headers(), fields, questions.repeats(), principal);
    fields.requireAllTaken();
    try (ModelPool.Lease lease = questions.model(principal, name, keepAlive)) {
      List<AnswerPlan> plans = new ArrayList<>();
      List<String> asked = new ArrayList<>();
      for (Object prompt : prompts) {
        plans.add(
            AnswerPlan.ofText(lease.model(), tokens(lease.model(), prompt), Optional.empty()));
        asked.add(prompt instanceof String text ? text : String.valueOf(prompt));
      }
      try (DecisionRuns runs = questions.begin(principal, asker, plans, manner, asked)) {
        Writer writer =
            new Writer(response, runs, plans, manner, streams, usage, fields.reported());
        RunLoop.run(runs, plans.size() * choices, writer);
        writer.end();
      }
    }
  }

  private static List<Object> prompts(RequestFields fields) {
    Object given = fields.value("prompt").orElseThrow(() -> fields.missing("prompt"));
    List<Object> prompts = new ArrayList<>();
    if (given instanceof String || isTokens(given)) {
      prompts.add(given);
    } else if (given instanceof List<?> list && !list.isEmpty() && list.size() <= MOST_PROMPTS) {
      for (Object each : list) {
        if (!(each instanceof String) && !isTokens(each)) {
          throw fields.wrong(
              "prompt", "has an element that is neither a text nor a list of tokens");
        }
        prompts.add(each);
      }
    } else {
      throw fields.wrong(
          "prompt", "is neither a text, nor a list of tokens, nor a list of 1 to 16 of these");
    }
    return prompts;
  }

  private static boolean isTokens(Object value) {
    return value instanceof List<?> list
        && !list.isEmpty()
        && list.stream().allMatch(Long.class::isInstance);
  }

  private static int[] tokens(ServedModel model, Object prompt) {
    if (prompt instanceof List<?> ids) {
      int vocabulary = model.language().model().vocabularySize();
      return ids.stream()
          .mapToInt(id -> {
            if (!(id instanceof Long number) || number < 0 || number >= vocabulary) {
              throw HttpProblem.ofField(
                  "prompt",
                  "invalid_value",
                  "prompt has token " + id + ", the model has 0 to " + (vocabulary - 1) + ".");
            }
            return number.intValue();
          })
          .toArray();
    }
    int[] tokens = model.language().tokenizer().encode(String.valueOf(prompt), true, false);
    if (tokens.length == 0) {
      throw HttpProblem.ofField(
          "prompt", "invalid_value", "prompt is empty, and this model has no token to begin with.");
    }
    return tokens;
  }

  /** Writes either form of the reply. */
  private static final class Writer implements RunLoop.Writer {

    private final ServerResponse response;
    private final LongReply reply;
    private final DecisionRuns runs;
    private final List<AnswerPlan> plans;
    private final Questions.Manner manner;
    private final boolean streams;
    private final boolean includesUsage;
    private final List<String> reported;
    private final long created = System.currentTimeMillis() / 1_000;
    private final StringBuilder[] texts;
    private final List<List<GeneratedToken>> tokens = new ArrayList<>();
    private final @Nullable Decision[] decisions;
    private @Nullable EventStream events;
    private String id = "";
    private int seconds;
    private boolean failed;

    Writer(
        ServerResponse response,
        DecisionRuns runs,
        List<AnswerPlan> plans,
        Questions.Manner manner,
        boolean streams,
        boolean includesUsage,
        List<String> reported) {
      this.response = response;
      this.reply = new LongReply(response);
      this.runs = runs;
      this.plans = plans;
      this.manner = manner;
      this.streams = streams;
      this.includesUsage = includesUsage;
      this.reported = reported;
      int count = plans.size() * manner.choices();
      texts = new StringBuilder[count];
      decisions = new Decision[count];
      for (int i = 0; i < count; i++) {
        texts[i] = new StringBuilder();
        tokens.add(new ArrayList<>());
      }
    }

    private EventStream events() {
      EventStream stream = events;
      if (stream == null) {
        stream = new EventStream(response);
        events = stream;
      }
      return stream;
    }

    @Override
    public void named(String decision) {
      if (id.isEmpty()) {
        id = "cmpl-" + decision;
        if (events == null) {
          reply.header("Candor-Decision", decision);
        }
      }
    }

    @Override
    public void told(int choice, GeneratedToken token) {
      texts[choice].append(token.text());
      tokens.get(choice).add(token);
      if (streams && !token.text().isEmpty()) {
        events().data(object(List.of(choice(choice, token.text(), List.of(token), null))));
      }
    }

    @Override
    public void finished(int choice, Decision decision) {
      decisions[choice] = decision;
      String whole = decision.output().text();
      String rest = texts[choice].isEmpty() ? whole : "";
      texts[choice].append(rest);
      String reason = Reply.finishReason(decision, plans.getFirst().reader());
      if (streams) {
        Map<String, @Nullable Object> last =
            object(List.of(choice(choice, rest, List.of(), reason)));
        last.put("candor", Reply.candor(List.of(decision), reported));
        events().data(last);
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
    public void second(String progress) {
      if (!streams) {
        reply.second();
      } else if (!id.isEmpty() || ++seconds >= EventStream.SECONDS_BEFORE_THE_STATUS) {
        events().comment(progress);
      }
    }

    void end() {
      if (failed) {
        return;
      }
      List<Decision> all = new ArrayList<>();
      for (Decision decision : decisions) {
        if (decision != null) {
          all.add(decision);
        }
      }
      if (streams) {
        EventStream stream = events();
        if (includesUsage) {
          Map<String, @Nullable Object> last = object(List.of());
          last.put("usage", usage(all));
          stream.data(last);
        }
        stream.text("[DONE]");
        stream.close();
        return;
      }
      List<Object> choices = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        String reason = Reply.finishReason(all.get(i), plans.getFirst().reader());
        choices.add(choice(i, texts[i].toString(), tokens.get(i), reason));
      }
      Map<String, @Nullable Object> body = object(choices);
      body.put("usage", usage(all));
      body.put("candor", Reply.candor(all, reported));
      reply.send(body);
    }

    private Map<String, Object> usage(List<Decision> all) {
      int read = 0;
      int reused = 0;
      for (int i = 0; i < plans.size(); i++) {
        read += plans.get(i).prompt().size();
        reused += runs.reusedTokens(i * manner.choices(), manner.choices());
      }
      return Reply.usage(read, reused, all, 0);
    }

    private Map<String, @Nullable Object> object(List<?> choices) {
      Map<String, @Nullable Object> body = new LinkedHashMap<>();
      body.put("id", id);
      body.put("object", "text_completion");
      body.put("created", created);
      body.put("model", plans.getFirst().model().name());
      body.put("choices", choices);
      return body;
    }

    private Map<String, @Nullable Object> choice(
        int index, String text, List<GeneratedToken> its, @Nullable String reason) {
      Map<String, @Nullable Object> members = new LinkedHashMap<>();
      members.put("text", text);
      members.put("index", index);
      members.put("logprobs", manner.topLogprobs() < 0 ? null : logprobs(its));
      members.put("finish_reason", reason);
      return members;
    }

    /** The older form: lists side by side. */
    private Map<String, Object> logprobs(List<GeneratedToken> its) {
      Tokenizer tokenizer = plans.getFirst().model().language().tokenizer();
      List<Object> spelt = new ArrayList<>();
      List<Object> each = new ArrayList<>();
      List<Object> top = new ArrayList<>();
      List<Object> offsets = new ArrayList<>();
      int offset = 0;
      for (GeneratedToken token : its) {
        spelt.add(tokenizer.decode(new int[] {token.id()}, false));
        each.add(token.logprob());
        Map<String, Object> others = new LinkedHashMap<>();
        token
            .alternatives()
            .forEach(other ->
                others.putIfAbsent(
                    tokenizer.decode(new int[] {other.id()}, false), other.logprob()));
        top.add(Collections.unmodifiableMap(others));
        offsets.add(offset);
        offset += token.text().length();
      }
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("tokens", spelt);
      members.put("token_logprobs", each);
      members.put("top_logprobs", top);
      members.put("text_offset", offsets);
      return members;
    }
  }
}
