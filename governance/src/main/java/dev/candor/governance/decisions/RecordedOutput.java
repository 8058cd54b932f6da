package dev.candor.governance.decisions;

import dev.candor.governance.GovernanceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What came out, as the bytes that an entry commits to: JSON of format 1. */
final class RecordedOutput {

  private static final int FORMAT = 1;

  private RecordedOutput() {}

  static byte[] bytes(DecisionOutput output) {
    JsonWriter json = new JsonWriter();
    json.number("format", FORMAT).text("outcome", output.outcome()).text("text", output.text());
    json.numbers("tokens", output.tokens().toArray()).number("thoughts", output.thoughts());
    if (!output.probabilities().isEmpty()) {
      json.doubles("probabilities", output.probabilities());
    }
    output.logits().ifPresent(digest -> json.text("logits", digest));
    json.number("steps", output.steps());
    return json.bytes();
  }

  /**
   * Reads it; what the engine said of each token was not kept.
   *
   * @throws GovernanceException {@code governance.record-malformed}
   */
  static DecisionOutput read(byte[] bytes) {
    try {
      JsonNode json = JsonMapper.shared().readTree(bytes);
      List<Double> probabilities = new ArrayList<>();
      json.path("probabilities").forEach(p -> probabilities.add(p.asDouble()));
      if (json.path("format").asInt() != FORMAT) {
        throw malformed("its format is " + json.path("format") + ", not " + FORMAT);
      }
      return new DecisionOutput(
          json.path("outcome").asString(),
          json.path("text").asString(),
          TokenIds.of(json.path("tokens").valueStream().mapToInt(JsonNode::asInt).toArray()),
          json.path("thoughts").asInt(),
          probabilities,
          Optional.ofNullable(json.get("logits")).map(JsonNode::asString),
          json.path("steps").asInt(),
          0,
          Optional.empty());
    } catch (JacksonException e) {
      throw malformed(e.getClass().getSimpleName());
    }
  }

  private static GovernanceException malformed(String why) {
    return new GovernanceException(
        "record-malformed",
        "what is kept of an answer cannot be read: " + why,
        "It was written by another version; use that one.");
  }
}
