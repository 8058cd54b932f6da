package dev.candor.governance.controls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.GovernanceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The catalogue is data: what comes with the program, and what a firm changes of it. */
class ControlCatalogueTest {

  private @TempDir Path home;

  private Path file(String name, String yaml) throws IOException {
    Path folder = Files.createDirectories(home.resolve("controls"));
    return Files.writeString(folder.resolve(name), yaml);
  }

  @Test
  void itComesWithAllFrameworks() {
    ControlCatalogue standard = ControlCatalogue.standard();
    assertThat(
            standard.frameworks().stream()
                .collect(Collectors.toMap(Framework::id, it -> it.controls().size())))
        .containsEntry("osfi-e23", 15)
        .containsEntry("eu-ai-act", 13)
        .containsEntry("iso-42001", 38)
        .containsEntry("edge", 4)
        .containsEntry("agile", 5)
        .containsKeys("nist-ai-rmf", "firm-policy");
    for (Control control : standard.controls()) {
      assertThat(control.edge()).as(control.id()).isNotEmpty();
      assertThat(control.agile()).as(control.id()).isNotEmpty();
    }
    // All themes are there, so a board can be told about each.
    assertThat(standard.controls().stream().flatMap(it -> it.edge().stream()))
        .contains(EdgePrinciple.values());
    assertThat(standard.controls().stream().flatMap(it -> it.agile().stream()))
        .contains(AgileTheme.values());
  }

  /** What no regulator says is never printed as if one did. */
  @Test
  void onlyFirmPolicyIsFirmPolicy() {
    for (Framework framework : ControlCatalogue.standard().frameworks()) {
      for (Control control : framework.controls()) {
        assertThat(control.firmPolicy())
            .as(control.id())
            .isEqualTo(framework.id().equals("firm-policy"));
      }
    }
    assertThat(ControlCatalogue.standard().framework("osfi-e23").verified()).isTrue();
    assertThat(ControlCatalogue.standard().framework("iso-42001").verified()).isFalse();
    assertThat(ControlCatalogue.standard().framework("osfi-e23").dates())
        .extracting(DatedStatus::toString)
        .containsExactly("2025-09-11 published", "2027-05-01 effective");
  }

  @Test
  void aDateMovesAndAControlComesWithoutCode() throws IOException {
    file(
        "10-dates.yaml",
        """
        format: 1
        framework:
          id: osfi-e23
          dates:
            - {day: 2027-11-01, status: effective}
        controls:
          - id: E23-16
            title: Something new
            source: A later version
            edge: [governance]
            agile: [awareness]
            evidence: [decisions]
          - id: E23-1
            evidence: [models]
        """);
    file(
        "20-own.yaml",
        """
        format: 1
        framework:
          id: house-rules
          title: House rules
          source: The firm
          firmPolicy: true
        controls:
          - id: H-1
            title: Nobody stops without a reason
            source: Rule 1
            evidence: [stops]
        """);
    ControlCatalogue changed = ControlCatalogue.ofHome(home);
    assertThat(changed.control("E23-2").dates())
        .extracting(DatedStatus::toString)
        .containsExactly("2027-11-01 effective");
    assertThat(changed.control("e23-16").evidence()).containsExactly("decisions");
    assertThat(changed.control("E23-1").title()).contains("Every identified model");
    assertThat(changed.control("H-1").firmPolicy()).isTrue();
    List<String> changes =
        CatalogueChange.between(ControlCatalogue.standard(), changed).stream()
            .map(CatalogueChange::toString)
            .toList();
    assertThat(changes)
        .contains(
            "changed  framework osfi-e23: dates was '2025-09-11 published, 2027-05-01 effective', is"
                + " '2027-11-01 effective'",
            "changed  E23-1: evidence was 'models, models-by-rating', is 'models'",
            "added    E23-16: Something new",
            "added    framework house-rules: House rules",
            "added    H-1: Nobody stops without a reason")
        .hasSize(1 + 15 + 1 + 1 + 2);
    assertThat(CatalogueChange.between(changed, changed)).isEmpty();
    assertThat(
            CatalogueChange.between(changed, ControlCatalogue.standard()).stream()
                .map(CatalogueChange::toString))
        .contains("removed  E23-16: Something new");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "format: 2 | controls-malformed | format is not 1",
        "format: 1\\nframework: {id: x} | controls-malformed | x.yaml: title is missing",
        "format: 1\\nframework: {id: X} | controls-malformed | id of the framework",
        "format: 1\\nframwork: {id: x} | controls-malformed | did you mean 'framework'",
        "format: 1\\nframework: {id: x, title: t, source: s}\\ncontrols:\\n - {id: C, title: t,"
            + " source: s, evidence: [decision]} | query-unknown | no query 'decision'",
        "format: 1\\nframework: {id: x, title: t, source: s}\\ncontrols:\\n - {id: C, title: t,"
            + " source: s, edge: [E]} | controls-malformed | C: edge has 'E'",
        "format: 1\\nframework: {id: x, title: t, source: s}\\ncontrols:\\n - {id: C, title: t,"
            + " source: s, dates: [{day: 2027-13-01, status: x}]} | controls-malformed | day is"
            + " '2027-13-01'",
        "format: 1\\nframework: {id: x, title: t, source: s}\\ncontrols:\\n - {id: E23-1, title: t,"
            + " source: s} | controls-malformed | E23-1 is in two frameworks",
        "format: 1\\nframework: {id: x, title: t, source: s}\\ncontrols:\\n - {id: C, title: t,"
            + " source: s}\\n - {id: C, title: t, source: s} | controls-malformed | C is there twice",
        "a: &b 1\\nc: *b | yaml-malformed | anchor"
      })
  void whatIsWrongIsNamed(String yaml, String code, String message) throws IOException {
    file("x.yaml", yaml.replace("\\n", "\n"));
    assertThatThrownBy(() -> ControlCatalogue.ofHome(home))
        .isInstanceOf(GovernanceException.class)
        .hasMessageContaining(message)
        .extracting(e -> ((GovernanceException) e).code())
        .isEqualTo("governance." + code);
  }

  @Test
  void idsAreUnique() {
    assertThat(
            ControlCatalogue.standard().controls().stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .values())
        .allMatch(count -> count == 1);
  }
}
