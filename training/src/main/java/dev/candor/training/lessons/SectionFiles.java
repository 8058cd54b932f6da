package dev.candor.training.lessons;

import dev.candor.training.TrainingException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes the files that {@link SectionTexts} reads from the package index of a Debian system: {@code
 * apt-cache dumpavail | java … dev.candor.training.lessons.SectionFiles FOLDER}.
 *
 * <p>All packages of one source are on one side. A sealed text that is also trained on, digits and
 * case apart, is left out, as are packages that say they are transitional or dummies.
 */
public final class SectionFiles {

  private static final int SECTIONS = 12;
  private static final int TRAINED_PER_SECTION = 1500;
  private static final int SEALED_PER_SECTION = 100;
  private static final int LONGEST_TEXT = 300;
  private static final int SOURCES_PER_SEALED = 10;

  private SectionFiles() {}

  /**
   * @param arguments the folder that the files are written to
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      throw new TrainingException(
          "usage", "give one folder", "apt-cache dumpavail | SectionFiles FOLDER");
    }
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      write(choose(read(in)), Path.of(arguments[0]));
    }
  }

  /** Packages with a description and a section, in the order of the index. */
  static List<SectionTexts.Description> read(BufferedReader index) throws IOException {
    List<SectionTexts.Description> packages = new ArrayList<>();
    Map<String, String> fields = new LinkedHashMap<>();
    String field = "";
    while (true) {
      String line = index.readLine();
      if (line == null || line.isEmpty()) {
        add(fields, packages);
        fields.clear();
        if (line == null) {
          return packages;
        }
      } else if (line.startsWith(" ")) {
        fields.merge(field, line.equals(" .") ? "" : line.strip(), (a, b) -> (a + " " + b).strip());
      } else {
        int colon = line.indexOf(':');
        field = line.substring(0, Math.max(colon, 0));
        fields.put(field, line.substring(colon + 1).strip());
      }
    }
  }

  private static void add(Map<String, String> fields, List<SectionTexts.Description> packages) {
    String description = fields.getOrDefault("Description", "");
    String section = fields.getOrDefault("Section", "");
    String name = fields.getOrDefault("Package", "");
    String small = description.toLowerCase(Locale.ROOT);
    if (!description.isEmpty()
        && !section.isEmpty()
        && !small.contains("transitional")
        && !small.contains("dummy")) {
      String source = fields.getOrDefault("Source", name).replaceFirst(" .*", "");
      packages.add(
          new SectionTexts.Description(
              shortened(description.replaceAll("\\s+", " ")), section, source));
    }
  }

  /** Cut between words. */
  private static String shortened(String text) {
    if (text.length() <= LONGEST_TEXT) {
      return text;
    }
    int space = text.lastIndexOf(' ', LONGEST_TEXT);
    return text.substring(0, space < 0 ? LONGEST_TEXT : space);
  }

  /** The largest sections, and of each as many texts as are wanted. */
  static SectionTexts choose(List<SectionTexts.Description> packages) {
    Map<String, Integer> sizes = new TreeMap<>();
    packages.forEach(each -> sizes.merge(each.section(), 1, Integer::sum));
    List<String> sections =
        sizes.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
            .limit(SECTIONS)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    List<SectionTexts.Description> shuffled =
        packages.stream()
            .filter(each -> sections.contains(each.section()))
            .sorted(
                Comparator.comparingLong((SectionTexts.Description each) ->
                        StableHash.of(each.text() + "\n" + each.source()))
                    .thenComparing(SectionTexts.Description::text))
            .toList();
    Set<String> seen = new HashSet<>();
    List<SectionTexts.Description> trained =
        take(shuffled, false, TRAINED_PER_SECTION, sections, seen);
    List<SectionTexts.Description> sealed =
        take(shuffled, true, SEALED_PER_SECTION, sections, seen);
    return new SectionTexts(sections, trained, sealed);
  }

  private static List<SectionTexts.Description> take(
      List<SectionTexts.Description> all,
      boolean sealed,
      int perSection,
      List<String> sections,
      Set<String> seen) {
    List<SectionTexts.Description> taken = new ArrayList<>();
    for (String section : sections) {
      int count = 0;
      for (SectionTexts.Description each : all) {
        if (count < perSection
            && each.section().equals(section)
            && isSealed(each.source()) == sealed
            && seen.add(normal(each))) {
          taken.add(each);
          count++;
        }
      }
    }
    return taken;
  }

  private static boolean isSealed(String source) {
    return Long.remainderUnsigned(StableHash.of(source), SOURCES_PER_SEALED) == 0;
  }

  private static String normal(SectionTexts.Description description) {
    return description.text().toLowerCase(Locale.ROOT).replaceAll("[0-9]+", "0");
  }

  private static void write(SectionTexts texts, Path folder) throws IOException {
    Files.createDirectories(folder);
    writeLines(texts.trained(), folder.resolve("train.jsonl.gz"));
    writeLines(texts.sealed(), folder.resolve("sealed.jsonl.gz"));
  }

  private static void writeLines(List<SectionTexts.Description> descriptions, Path file)
      throws IOException {
    try (BufferedWriter out =
        new BufferedWriter(
            new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8))) {
      for (SectionTexts.Description each : descriptions) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("text", each.text());
        members.put("section", each.section());
        members.put("source", each.source());
        out.write(JsonMapper.shared().writeValueAsString(members));
        out.write('\n');
      }
    }
  }
}
