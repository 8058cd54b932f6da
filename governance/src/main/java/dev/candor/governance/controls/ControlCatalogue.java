package dev.candor.governance.controls;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.YamlDocument;
import dev.candor.statistics.NearestWord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The frameworks and their controls. It comes with the program, and files in a folder change it and
 * add to it: a date that moves, or a control that comes, needs no program.
 *
 * @param frameworks those that the program comes with first, none twice
 */
public record ControlCatalogue(List<Framework> frameworks) {

  private static final List<String> STANDARD =
      List.of("osfi-e23", "eu-ai-act", "nist-ai-rmf", "iso-42001", "edge", "agile", "firm-policy");

  private static final String SUFFIX = ".yaml";
  private static final int MOST_FILES = 64;

  public ControlCatalogue {
    frameworks = List.copyOf(frameworks);
    Set<String> ids = new HashSet<>();
    for (Framework framework : frameworks) {
      for (Control control : framework.controls()) {
        if (!ids.add(control.id())) {
          throw new GovernanceException(
              "controls-malformed",
              "the control " + control.id() + " is in two frameworks",
              "Give it an id of its own in " + framework.id() + ".");
        }
      }
    }
  }

  /** The one that the program comes with. */
  public static ControlCatalogue standard() {
    return of(standardFiles());
  }

  /**
   * That of a home: what the program comes with, changed by the files in its folder {@code
   * controls}, in the order of their names.
   *
   * @throws GovernanceException {@code governance.controls-malformed}, {@code
   *     governance.yaml-malformed}, {@code governance.query-unknown}
   */
  public static ControlCatalogue ofHome(Path home) {
    List<CatalogueFile> files = standardFiles();
    Path folder = home.resolve("controls");
    if (Files.isDirectory(folder)) {
      files.addAll(files(folder));
    }
    return of(files);
  }

  /**
   * That of a file or a folder alone, to compare it with another.
   *
   * @throws GovernanceException as {@link #ofHome}; {@code governance.controls-missing} if nothing
   *     is there
   */
  public static ControlCatalogue read(Path place) {
    List<CatalogueFile> files =
        Files.isDirectory(place)
            ? files(place)
            : Files.exists(place) ? List.of(file(place)) : List.of();
    if (files.isEmpty()) {
      throw new GovernanceException(
          "controls-missing",
          place + " has no catalogue of controls",
          "Give a file of a catalogue, or a folder with files named *.yaml.");
    }
    return of(files);
  }

  /** All controls. */
  public List<Control> controls() {
    return frameworks.stream().flatMap(framework -> framework.controls().stream()).toList();
  }

  /**
   * The control of this id.
   *
   * @throws GovernanceException {@code governance.control-unknown}
   */
  public Control control(String id) {
    List<Control> all = controls();
    return all.stream()
        .filter(control -> control.id().equalsIgnoreCase(id))
        .findFirst()
        .orElseThrow(() -> unknown("control", id, all.stream().map(Control::id).toList()));
  }

  /**
   * The framework of this id.
   *
   * @throws GovernanceException {@code governance.framework-unknown}
   */
  public Framework framework(String id) {
    return frameworks.stream()
        .filter(framework -> framework.id().equals(id))
        .findFirst()
        .orElseThrow(
            () -> unknown("framework", id, frameworks.stream().map(Framework::id).toList()));
  }

  private static GovernanceException unknown(String what, String id, List<String> known) {
    return new GovernanceException(
        what + "-unknown",
        "there is no " + what + " '" + PlainText.shown(id) + "'",
        "Did you mean '" + NearestWord.to(id, known) + "'? candor controls lists them.");
  }

  private static ControlCatalogue of(List<CatalogueFile> files) {
    Map<String, CatalogueFile> merged = new LinkedHashMap<>();
    files.forEach(file -> merged.merge(file.id(), file, CatalogueFile::with));
    return new ControlCatalogue(merged.values().stream().map(CatalogueFile::framework).toList());
  }

  private static List<CatalogueFile> standardFiles() {
    List<CatalogueFile> files = new ArrayList<>();
    for (String name : STANDARD) {
      try (InputStream in = ControlCatalogue.class.getResourceAsStream(name + SUFFIX)) {
        if (in == null) {
          throw new IllegalStateException("the program comes without " + name + SUFFIX);
        }
        files.add(CatalogueFile.read(name + SUFFIX, in.readAllBytes()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  private static List<CatalogueFile> files(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> files =
          all.filter(file -> file.toString().endsWith(SUFFIX))
              .sorted()
              .limit(MOST_FILES + 1)
              .toList();
      if (files.size() > MOST_FILES) {
        throw new GovernanceException(
            "controls-malformed",
            folder + " has more than " + MOST_FILES + " files",
            "Put the controls of a framework into one file.");
      }
      return files.stream().map(ControlCatalogue::file).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CatalogueFile file(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return CatalogueFile.read(
          String.valueOf(file.getFileName()), in.readNBytes(YamlDocument.MOST_BYTES + 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
