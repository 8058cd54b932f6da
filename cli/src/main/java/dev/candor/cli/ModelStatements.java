package dev.candor.cli;

import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.GgufFile;
import dev.candor.engine.weights.GgufValues;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.YamlDocument;
import dev.candor.governance.provenance.documents.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a model's maker says of it: {@code general.…} of a GGUF file, or the head of the README.md
 * that lies in a Hugging Face folder.
 *
 * @param metadata by the names of Hugging Face
 * @param others by the keys of questions
 */
record ModelStatements(Map<String, List<String>> metadata, Map<String, String> others) {

  /** What Hugging Face knows, and what of it a card and a bill use. */
  private static final Set<String> KNOWN =
      Set.of(
          "license",
          "language",
          "library_name",
          "pipeline_tag",
          "datasets",
          "metrics",
          "base_model",
          "base_model_relation",
          "tags");

  private static final int MOST_README_BYTES = 1 << 20;
  private static final int MOST_DATA_SETS = 64;

  static ModelStatements of(Checkpoint checkpoint) {
    return checkpoint instanceof GgufFile gguf
        ? ofGguf(gguf.values())
        : new ModelStatements(readme(checkpoint.path().resolve("README.md")), Map.of());
  }

  private static ModelStatements ofGguf(GgufValues values) {
    Map<String, List<String>> metadata = new LinkedHashMap<>();
    text(values, "general.license").ifPresent(it -> metadata.put("license", List.of(it)));
    texts(values, "general.languages").ifPresent(it -> metadata.put("language", it));
    texts(values, "general.tags").ifPresent(it -> metadata.put("tags", it));
    List<String> sets = new ArrayList<>(texts(values, "general.datasets").orElse(List.of()));
    for (int i = 0; i < MOST_DATA_SETS; i++) {
      text(values, "general.dataset." + i + ".name").ifPresent(sets::add);
    }
    if (!sets.isEmpty()) {
      metadata.put("datasets", sets);
    }
    text(values, "general.base_model.0.name")
        .ifPresent(it -> metadata.put("base_model", List.of(it)));
    Map<String, String> others = new LinkedHashMap<>();
    text(values, "general.organization")
        .or(() -> text(values, "general.author"))
        .ifPresent(it -> others.put("developed-by", it));
    text(values, "general.version").ifPresent(it -> others.put("version", it));
    text(values, "general.description").ifPresent(it -> others.put("primary-uses", it));
    text(values, "general.source.url")
        .or(() -> text(values, "general.url"))
        .ifPresent(it -> others.put("citation", it));
    return new ModelStatements(metadata, others);
  }

  private static Optional<String> text(GgufValues values, String key) {
    return values.has(key) && !values.isArray(key)
        ? values.string(key).filter(it -> !it.isBlank())
        : Optional.empty();
  }

  private static Optional<List<String>> texts(GgufValues values, String key) {
    return values.has(key) && values.isArray(key)
        ? values.strings(key).filter(it -> !it.isEmpty())
        : Optional.empty();
  }

  private static Map<String, List<String>> readme(Path file) {
    Map<String, List<String>> metadata = new LinkedHashMap<>();
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MOST_README_BYTES) {
        return metadata;
      }
      String page = Files.readString(file);
      int end = page.indexOf("\n---", 3);
      if (!page.startsWith("---\n") || end < 0) {
        return metadata;
      }
      YamlDocument.read(page.substring(4, end + 1).getBytes(StandardCharsets.UTF_8), "README.md")
          .forEach((key, value) -> {
            if (KNOWN.contains(key)) {
              texts(value).ifPresent(it -> metadata.put(key, it));
            }
          });
      return metadata;
    } catch (GovernanceException e) {
      // A page that somebody else has written badly says nothing.
      return metadata;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<List<String>> texts(Object value) {
    return switch (value) {
      case String text when !text.isBlank() -> Optional.of(List.of(text));
      case List<?> list when !list.isEmpty() && list.stream().allMatch(String.class::isInstance) ->
          Optional.of(list.stream().map(String::valueOf).toList());
      default -> Optional.empty();
    };
  }

  /** Puts it where it belongs in a card. */
  void tell(Map<String, Answer> answers, SortedMap<String, List<String>> head) {
    head.putAll(metadata);
    others.forEach((question, text) -> answers.put(question, Answer.of(text, Answer.Source.MODEL)));
    tell(answers, "licence", metadata.get("license"));
    tell(answers, "training-datasets", metadata.get("datasets"));
    List<String> languages = metadata.get("language");
    if (languages != null) {
      answers.put(
          "relevant-factors",
          Answer.of("languages: " + String.join(", ", languages), Answer.Source.MODEL));
    }
  }

  private static void tell(
      Map<String, Answer> answers, String question, @Nullable List<String> texts) {
    if (texts != null) {
      answers.put(question, new Answer(texts, Answer.Source.MODEL));
    }
  }
}
