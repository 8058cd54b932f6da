package dev.candor.server.openai;

import dev.candor.engine.generation.Pooling;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.governance.access.Principal;
import dev.candor.governance.decisions.ContextSource;
import dev.candor.governance.decisions.Decision;
import dev.candor.governance.decisions.DecisionRequest;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.TokenIds;
import dev.candor.server.HttpProblem;
import dev.candor.server.HttpProblems;
import dev.candor.server.LongReply;
import dev.candor.server.RequestFields;
import dev.candor.server.access.Gatekeeper;
import dev.candor.server.batching.DecisionRuns;
import dev.candor.server.batching.RunEvent;
import dev.candor.server.models.ModelPool;
import dev.candor.server.models.ServedModel;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code POST /v1/embeddings}: a vector for each text, the mean of the hidden states of its tokens,
 * of length 1. Each is a decision, of which the digest is kept.
 */
public final class Embeddings {

  /** As many as OpenAI takes: clients divide longer lists themselves. */
  private static final int MOST_TEXTS = 2_048;

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Questions questions;

  /** Asks them. */
  public Embeddings(Questions questions) {
    this.questions = questions;
  }

  /**
   * What is asked.
   *
   * @param inputs texts, or lists of tokens
   * @param dimensions numbers of each vector, fewer than the model's
   */
  public record Asked(
      String model, List<Object> inputs, OptionalInt dimensions, OptionalInt keepAliveSeconds) {

    /**
     * Reads it.
     *
     * @param model as it is called here
     * @param field that has the texts
     */
    public static Asked read(RequestFields fields, String model, String field) {
      OptionalInt dimensions =
          fields.integer("dimensions", 1, 1 << 20).stream().mapToInt(it -> (int) it).findFirst();
      return new Asked(model, texts(fields, field), dimensions, KeepAlive.read(fields));
    }
  }

  /**
   * What was made.
   *
   * @param vectors of the texts, in their order
   * @param tokens of all texts together
   */
  public record Made(List<float[]> vectors, List<Decision> decisions, int tokens) {}

  /** As OpenAI's clients ask. */
  public void openai(ServerRequest http, ServerResponse response) {
    RequestFields fields = RequestFields.read(http);
    String encoding = fields.text("encoding_format").orElse("float");
    if (!encoding.equals("float") && !encoding.equals("base64")) {
      throw fields.wrong("encoding_format", "is '" + encoding + "', allowed are float and base64");
    }
    fields.report("user");
    Asked asked = Asked.read(fields, fields.requiredText("model"), "input");
    LongReply reply = new LongReply(response);
    Made made = make(http, fields, asked, reply);
    List<Object> data = new ArrayList<>();
    for (int i = 0; i < made.vectors().size(); i++) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("object", "embedding");
      each.put("index", i);
      float[] vector = made.vectors().get(i);
      each.put("embedding", encoding.equals("float") ? numbers(vector) : base64(vector));
      data.add(each);
    }
    Map<String, Object> usage = new LinkedHashMap<>();
    usage.put("prompt_tokens", made.tokens());
    usage.put("total_tokens", made.tokens());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("object", "list");
    body.put("data", data);
    body.put("model", asked.model());
    body.put("usage", usage);
    body.put("candor", Reply.candor(made.decisions(), fields.reported()));
    reply.send(body);
  }

  private static List<Object> texts(RequestFields fields, String field) {
    Object input = fields.value(field).orElseThrow(() -> fields.missing(field));
    List<Object> inputs = new ArrayList<>();
    if (input instanceof String || isTokens(input)) {
      inputs.add(input);
    } else if (input instanceof List<?> list && !list.isEmpty() && list.size() <= MOST_TEXTS) {
      for (Object each : list) {
        if (!(each instanceof String) && !isTokens(each)) {
          throw fields.wrong(field, "has an element that is neither a text nor a list of tokens");
        }
        inputs.add(each);
      }
    } else {
      throw fields.wrong(
          field,
          "is neither a text, nor a list of tokens, nor a list of 1 to "
              + MOST_TEXTS
              + " of these");
    }
    return inputs;
  }

  private static boolean isTokens(Object value) {
    return value instanceof List<?> list
        && !list.isEmpty()
        && list.stream().allMatch(Long.class::isInstance);
  }

  /** Has them made, and takes what is left of the fields. */
  public Made make(ServerRequest http, RequestFields fields, Asked asked, LongReply reply) {
    Principal principal = Gatekeeper.callerOf(http).principal();
    AskerFields asker = AskerFields.read(http.headers(), fields, questions.repeats(), principal);
    fields.requireAllTaken();
    try (ModelPool.Lease lease =
        questions.model(principal, asked.model(), asked.keepAliveSeconds())) {
      ServedModel model = lease.model();
      int width = model.language().model().hiddenSize();
      int dimensions = asked.dimensions().orElse(width);
      if (dimensions > width) {
        throw fields.wrong("dimensions", "is " + dimensions + ", this model has " + width);
      }
      List<DecisionRuns.Run> runs = new ArrayList<>();
      int tokens = 0;
      for (Object input : asked.inputs()) {
        TokenIds ids = TokenIds.of(tokens(model, input));
        tokens += ids.size();
        SessionOptions session = model.session(ids.size());
        DecisionRequest request =
            new DecisionRequest(
                principal,
                asker.purpose(),
                asker.subject(),
                // A vector is not kept, so it cannot be told again.
                Optional.empty(),
                model.identity(),
                input instanceof String text ? text : String.valueOf(input),
                new DecisionTask.Embed(ids, Pooling.MEAN, session));
        runs.add(new DecisionRuns.Run(request, ContextSource.anew(model.language(), session)));
      }
      try (DecisionRuns begun = questions.decider().beginInTurns(runs)) {
        return collect(begun, runs.size(), tokens, dimensions, reply);
      }
    }
  }

  private static int[] tokens(ServedModel model, Object input) {
    int[] tokens;
    if (input instanceof List<?> ids) {
      int vocabulary = model.language().model().vocabularySize();
      tokens =
          ids.stream()
              .mapToInt(id -> {
                if (!(id instanceof Long number) || number < 0 || number >= vocabulary) {
                  throw HttpProblem.ofField(
                      "input",
                      "invalid_value",
                      "input has token " + id + ", the model has 0 to " + (vocabulary - 1) + ".");
                }
                return number.intValue();
              })
              .toArray();
    } else {
      tokens = model.language().tokenizer().encode(String.valueOf(input), true, false);
    }
    if (tokens.length == 0) {
      throw HttpProblem.ofField("input", "invalid_value", "input has an empty text.");
    }
    if (tokens.length > model.contextTokens()) {
      throw HttpProblem.ofField(
          "input",
          "context_length_exceeded",
          "The context of "
              + model.name()
              + " is "
              + model.contextTokens()
              + " tokens here. A text has "
              + tokens.length
              + ".");
    }
    return tokens;
  }

  private static Made collect(
      DecisionRuns runs, int count, int tokens, int dimensions, LongReply reply) {
    float[][] vectors = new float[count][];
    Decision[] decisions = new Decision[count];
    int open = count;
    while (open > 0) {
      Optional<RunEvent> event = runs.next(SECOND);
      if (event.isEmpty()) {
        reply.second();
        continue;
      }
      switch (event.get()) {
        case RunEvent.Vector it -> vectors[it.choice()] = normal(it.vector(), dimensions);
        case RunEvent.Finished it -> {
          decisions[it.choice()] = it.decision();
          open--;
        }
        case RunEvent.Failed it -> throw HttpProblems.of(it.thrown());
        case RunEvent.Admitted _, RunEvent.Progress _, RunEvent.Told _ -> {}
      }
    }
    for (Decision decision : decisions) {
      if (decision.output().outcome().equals("stopped")) {
        throw HttpProblem.of(
            403,
            "decision_stopped",
            "An operator has stopped decision " + decision.receipt().decision() + ".");
      }
    }
    return new Made(List.of(vectors), List.of(decisions), tokens);
  }

  /** The first so many numbers, made a vector of length 1. */
  static float[] normal(float[] vector, int dimensions) {
    double square = 0;
    for (int i = 0; i < dimensions; i++) {
      square += (double) vector[i] * vector[i];
    }
    double length = Math.sqrt(square);
    float[] normal = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      normal[i] = length == 0 ? 0 : (float) (vector[i] / length);
    }
    return normal;
  }

  /** The numbers as JSON has them. */
  public static List<Object> numbers(float[] vector) {
    List<Object> numbers = new ArrayList<>();
    for (float number : vector) {
      numbers.add(number);
    }
    return numbers;
  }

  /** Four bytes each, lowest first, as OpenAI's clients read them by default. */
  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float number : vector) {
      bytes.putFloat(number);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
