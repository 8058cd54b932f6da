package dev.candor.server.console;

import dev.candor.governance.Governance;
import dev.candor.governance.decisions.DecisionRecords;
import dev.candor.governance.payloads.Finding;
import dev.candor.governance.payloads.Payload;
import dev.candor.ledger.entries.Commitment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is kept of decisions in words, as docs/reference/decision-records.md describes it. */
final class DecisionTexts {

  private final Governance governance;

  DecisionTexts(Governance governance) {
    this.governance = governance;
  }

  /**
   * What was asked and answered.
   *
   * @param asked in the asker's own words, or why it is not there
   * @param answered the answer, or why it is not there
   * @param labels how probable each is, if it was a choice
   */
  public record Texts(String asked, String answered, List<TryWriter.LabelShare> labels) {}

  /** Of a decision. */
  Texts of(DecisionRecords.Story story) {
    Kept asked = kept(story.started().input());
    Optional<Kept> answered = story.finished().flatMap(end -> end.output()).map(this::kept);
    List<TryWriter.LabelShare> labels = new ArrayList<>();
    if (asked.json().isPresent() && answered.flatMap(Kept::json).isPresent()) {
      JsonNode choices = asked.json().get().path("choices");
      JsonNode probabilities = answered.flatMap(Kept::json).get().path("probabilities");
      String chosen = answered.flatMap(Kept::json).get().path("text").asString("");
      for (int i = 0; i < Math.min(choices.size(), probabilities.size()); i++) {
        String label = choices.get(i).asString();
        labels.add(
            new TryWriter.LabelShare(
                HtmlText.harmless(label), probabilities.get(i).asDouble(), label.equals(chosen)));
      }
      labels.sort((one, other) -> Double.compare(other.probability(), one.probability()));
    }
    return new Texts(asked.text(), answered.map(Kept::text).orElse("There is no answer."), labels);
  }

  private record Kept(String text, Optional<JsonNode> json) {}

  private Kept kept(Commitment commitment) {
    return switch (governance.records().find(commitment)) {
      case Finding.Present it -> read(it.payload());
      case Finding.Erased it -> new Kept("Erased " + Shown.time(it.at()) + ".", Optional.empty());
      case Finding.Absent _ ->
          new Kept("Lost: it was never erased and is not there.", Optional.empty());
    };
  }

  private static Kept read(Payload payload) {
    try {
      JsonNode json = JsonMapper.shared().readTree(payload.bytes());
      return new Kept(HtmlText.harmless(json.path("text").asString("")), Optional.of(json));
    } catch (JacksonException e) {
      return new Kept("What is kept of it cannot be read.", Optional.empty());
    }
  }

  /** A text that an entry commits to, such as a reason. */
  String plain(Commitment commitment) {
    return switch (governance.records().find(commitment)) {
      case Finding.Present it ->
          HtmlText.harmless(new String(it.payload().bytes(), StandardCharsets.UTF_8));
      case Finding.Erased it -> "Erased " + Shown.time(it.at()) + ".";
      case Finding.Absent _ -> "Lost: it was never erased and is not there.";
    };
  }

  /** What is kept of an explanation. */
  Optional<JsonNode> explanation(Commitment commitment) {
    return governance.records().bytes(commitment).map(JsonMapper.shared()::readTree);
  }
}
