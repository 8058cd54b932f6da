package dev.candor.training.lessons;

import dev.candor.training.TrainingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Descriptions of packages, each with the section of the archive that it is in.
 *
 * @param sections all of them, in the order of the alphabet
 * @param trained for training
 * @param sealed of other source packages than those trained on
 */
public record SectionTexts(
    List<String> sections, List<Description> trained, List<Description> sealed) {

  /**
   * A package.
   *
   * @param source name of its source package
   */
  public record Description(String text, String section, String source) {}

  public SectionTexts {
    sections = List.copyOf(sections);
    trained = List.copyOf(trained);
    sealed = List.copyOf(sealed);
  }

  /**
   * Reads {@code train.jsonl.gz} and {@code sealed.jsonl.gz}: objects with text, section and
   * source, one a line.
   *
   * @throws TrainingException if one is missing or malformed, or both have texts of one source
   */
  public static SectionTexts read(Path folder) {
    List<Description> trained = descriptions(folder.resolve("train.jsonl.gz"));
    List<Description> sealed = descriptions(folder.resolve("sealed.jsonl.gz"));
    Set<String> sources = new LinkedHashSet<>(trained.stream().map(Description::source).toList());
    for (Description description : sealed) {
      if (sources.contains(description.source())) {
        throw new TrainingException(
            "leak",
            "texts of the source " + description.source() + " are both trained on and sealed",
            "Make the files again: all texts of one source belong to one of them.");
      }
    }
    List<String> sections = trained.stream().map(Description::section).distinct().sorted().toList();
    return new SectionTexts(sections, trained, sealed);
  }

  private static List<Description> descriptions(Path file) {
    List<Description> descriptions = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode node = JsonMapper.shared().readTree(line);
        descriptions.add(
            new Description(
                node.required("text").stringValue(),
                node.required("section").stringValue(),
                node.required("source").stringValue()));
      }
    } catch (IOException | JacksonException e) {
      throw new TrainingException(
          "unreadable",
          "cannot read line " + (descriptions.size() + 1) + " of " + file + ": " + e.getMessage(),
          "Give the folder with train.jsonl.gz and sealed.jsonl.gz.");
    }
    return descriptions;
  }
}
