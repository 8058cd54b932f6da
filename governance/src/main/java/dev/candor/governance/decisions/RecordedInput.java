package dev.candor.governance.decisions;

import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.constraints.ConstraintSource;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.Pooling;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.Adapter;
import dev.candor.governance.GovernanceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was asked, as the bytes that an entry commits to: JSON of format 1, which
 * docs/reference/decision-records.md describes. The same request has the same bytes.
 *
 * @param text in the asker's own words
 * @param task all of what was to be done
 */
record RecordedInput(String text, DecisionTask task) {

  private static final int FORMAT = 1;

  byte[] bytes() {
    JsonWriter json = new JsonWriter();
    json.number("format", FORMAT).text("task", task.name()).text("text", text);
    json.object(
        "session",
        () -> {
          json.number("context", task.session().contextTokens());
          json.text("cache", task.session().cacheFormat().name());
        });
    switch (task) {
      case DecisionTask.Generate it -> {
        json.numbers("tokens", it.prompt().toArray());
        request(json, it.request());
        it.thinking().ifPresent(thinking -> thinking(json, thinking));
      }
      case DecisionTask.Choose it -> {
        json.numbers("tokens", it.prompt().toArray());
        json.texts("choices", it.choices());
        it.thinking().ifPresent(thinking -> thinking(json, thinking));
      }
      case DecisionTask.Embed it -> {
        json.numbers("tokens", it.tokens().toArray());
        json.text("pooling", it.pooling().name().toLowerCase(Locale.ROOT).replace('_', '-'));
      }
      case DecisionTask.Head it -> {
        json.text("read", it.text());
        json.texts("choices", it.head().labels());
      }
    }
    return json.bytes();
  }

  private static void request(JsonWriter json, GenerationRequest request) {
    SamplingOptions sampling = request.sampling();
    json.number("maximumTokens", request.maximumTokens());
    json.texts("stop", request.stopStrings());
    json.flag("ignoreEndOfText", request.ignoreEndOfText());
    json.object(
        "sampling",
        () -> {
          json.number("temperature", sampling.temperature());
          json.number("topK", sampling.topK());
          json.number("topP", sampling.topP());
          json.number("minP", sampling.minP());
          json.number("repetitionPenalty", sampling.repetitionPenalty());
          json.number("presencePenalty", sampling.presencePenalty());
          json.number("frequencyPenalty", sampling.frequencyPenalty());
          json.object(
              "logitBias",
              () ->
                  sampling.logitBias().entrySet().stream()
                      .sorted(Map.Entry.comparingByKey())
                      .forEach(bias -> json.number(bias.getKey().toString(), bias.getValue())));
          json.number("seed", sampling.seed());
        });
    request
        .constraint()
        .map(Constraint::source)
        .ifPresent(source ->
            json.object(
                "constraint",
                () -> {
                  json.text(
                      "form", source.form().name().toLowerCase(Locale.ROOT).replace('_', '-'));
                  json.texts("texts", source.texts());
                  source.after().ifPresent(mark -> json.text("after", mark));
                }));
  }

  private static void thinking(JsonWriter json, Thinking thinking) {
    json.object(
        "thinking",
        () -> {
          json.number("maximumTokens", thinking.maximumTokens());
          json.text("end", thinking.end());
        });
  }

  /**
   * Reads it.
   *
   * @param adapter what the session computes with
   * @param heads gives the head with these labels, where one decided
   * @throws GovernanceException {@code governance.record-malformed}
   */
  static RecordedInput read(
      byte[] bytes, Adapter adapter, Function<List<String>, SoftmaxHead> heads) {
    try {
      JsonNode json = JsonMapper.shared().readTree(bytes);
      if (json.path("format").asInt() != FORMAT) {
        throw malformed("its format is " + json.path("format") + ", not " + FORMAT);
      }
      JsonNode session = json.path("session");
      SessionOptions options =
          new SessionOptions(
                  session.path("context").asInt(),
                  BlockFormat.valueOf(session.path("cache").asString()))
              .with(adapter);
      DecisionTask task =
          switch (json.path("task").asString()) {
            case "generate" ->
                new DecisionTask.Generate(tokens(json), options, request(json), thinking(json));
            case "choose" ->
                new DecisionTask.Choose(
                    tokens(json), options, texts(json.path("choices")), thinking(json));
            case "embed" ->
                new DecisionTask.Embed(
                    tokens(json),
                    Pooling.valueOf(
                        json.path("pooling").asString().toUpperCase(Locale.ROOT).replace('-', '_')),
                    options);
            case "head" ->
                new DecisionTask.Head(
                    heads.apply(texts(json.path("choices"))),
                    json.path("read").asString(),
                    options);
            default -> throw malformed("its task is " + json.path("task"));
          };
      return new RecordedInput(json.path("text").asString(), task);
    } catch (JacksonException | IllegalArgumentException e) {
      throw malformed(e.getClass().getSimpleName());
    }
  }

  private static TokenIds tokens(JsonNode json) {
    return TokenIds.of(json.path("tokens").valueStream().mapToInt(JsonNode::asInt).toArray());
  }

  private static GenerationRequest request(JsonNode json) {
    JsonNode from = json.path("sampling");
    Map<Integer, Float> bias = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> each : from.path("logitBias").properties()) {
      bias.put(Integer.valueOf(each.getKey()), each.getValue().floatValue());
    }
    SamplingOptions sampling =
        new SamplingOptions(
            from.path("temperature").floatValue(),
            from.path("topK").asInt(),
            from.path("topP").floatValue(),
            from.path("minP").floatValue(),
            from.path("repetitionPenalty").floatValue(),
            from.path("presencePenalty").floatValue(),
            from.path("frequencyPenalty").floatValue(),
            bias,
            from.path("seed").longValue());
    GenerationRequest request =
        new GenerationRequest(
            sampling,
            json.path("maximumTokens").asInt(),
            texts(json.path("stop")),
            json.path("ignoreEndOfText").asBoolean(),
            -1);
    JsonNode constraint = json.path("constraint");
    return constraint.isMissingNode() ? request : request.within(source(constraint).constraint());
  }

  private static ConstraintSource source(JsonNode json) {
    String form = json.path("form").asString().toUpperCase(Locale.ROOT).replace('-', '_');
    return new ConstraintSource(
        ConstraintSource.Form.valueOf(form),
        texts(json.path("texts")),
        Optional.ofNullable(json.get("after")).map(JsonNode::asString));
  }

  private static Optional<Thinking> thinking(JsonNode json) {
    return Optional.ofNullable(json.get("thinking"))
        .map(it -> new Thinking(it.path("maximumTokens").asInt(), it.path("end").asString()));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asString()));
    return texts;
  }

  private static GovernanceException malformed(String why) {
    return new GovernanceException(
        "record-malformed",
        "what is kept of a decision cannot be read: " + why,
        "It was written by another version; use that one.");
  }
}
