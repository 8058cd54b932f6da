package dev.candor.cli;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.governance.provenance.documents.Answer;
import dev.candor.governance.provenance.documents.Metric;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code evidence.json} that a promotion has left beside a model: what its gates have measured.
 *
 * @param evidence the document, which is about this model
 */
record PromotionEvidence(JsonObject evidence) {

  private static final String FILE = "evidence.json";

  /** What lies beside a model, if it is about it. */
  static Optional<PromotionEvidence> beside(Path weights, String digest) {
    Path folder =
        Files.isDirectory(weights) ? weights : weights.toAbsolutePath().resolveSibling("");
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      JsonObject evidence = Json.parseObject(in, Json.Limits.CONFIG, FILE);
      boolean isAboutIt =
          evidence
              .object("candidate")
              .flatMap(candidate -> candidate.optionalString("digest"))
              .equals(Optional.of(digest));
      return isAboutIt ? Optional.of(new PromotionEvidence(evidence)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts it where it belongs in a card. */
  void tell(Map<String, Answer> answers, List<Metric> metrics) {
    List<String> tests = new ArrayList<>();
    for (Object value : evidence.list("gates").orElse(List.of())) {
      if (value instanceof JsonObject gate) {
        String name = gate.string("name");
        tests.add(name + ": " + gate.string("verdict") + ", " + gate.string("reason"));
        number(gate, "estimate")
            .ifPresent(estimate ->
                metrics.add(
                    new Metric(
                        gate.string("kind"),
                        estimate,
                        Optional.of(name),
                        number(gate, "lower"),
                        number(gate, "upper"))));
      }
    }
    answers.put("developer-tests", new Answer(tests, Answer.Source.EVIDENCE));
    evidence
        .object("sealed")
        .ifPresent(set ->
            answers.put(
                "evaluation-datasets",
                Answer.of(
                    set.string("name")
                        + ", version "
                        + set.string("version")
                        + ", split "
                        + set.string("split")
                        + ", SHA-256 "
                        + set.string("digest"),
                    Answer.Source.EVIDENCE)));
    List<String> training = new ArrayList<>();
    if (evidence.value("training").orElse("") instanceof List<?> sets) {
      for (Object value : sets) {
        if (value instanceof JsonObject set) {
          training.add(set.string("name") + ", SHA-256 " + set.string("digest"));
        }
      }
    }
    if (!training.isEmpty()) {
      answers.put("training-datasets", new Answer(training, Answer.Source.EVIDENCE));
    }
  }

  private static Optional<String> number(JsonObject gate, String key) {
    return gate.value(key).filter(Number.class::isInstance).map(String::valueOf);
  }
}
