package dev.candor.governance.reports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventoryRecord;
import dev.candor.governance.inventory.ModelBuild;
import dev.candor.governance.inventory.ModelRecorded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents have an answer to every question: what is known, or UNKNOWN. */
class DocumentTest {

  private @TempDir Path folder;

  private FilledDocument vendor(ReportedDevice device) {
    try (Governance governance = device.home.open()) {
      Map<InventoryField, String> fields = new EnumMap<>(InventoryField.class);
      Arrays.stream(InventoryField.values()).forEach(field -> fields.put(field, "UNKNOWN"));
      fields.put(InventoryField.ID, "mini");
      fields.put(InventoryField.NAME, "Mini <b>bold</b>");
      fields.put(InventoryField.OWNER, "anna");
      fields.put(InventoryField.DEVELOPER, "Vendor Ltd");
      fields.put(InventoryField.ORIGIN, "vendor");
      fields.put(InventoryField.LIMITATIONS, "no sums beyond 99\nEnglish alone");
      ModelBuild build =
          new ModelBuild(
              ReportedDevice.MODEL,
              ReportedDevice.DIGEST,
              "Q4_K",
              ReportedDevice.DIGEST,
              "none",
              "i8-blocks32",
              "llama",
              "1200000",
              "candor test");
      governance
          .ledger()
          .append(
              new ModelRecorded(new InventoryRecord(fields, Optional.of(build)), "anna").entry());
      return VendorFacts.document(governance, device.home.path(), "mini");
    }
  }

  private static List<String> answer(FilledDocument document, String ask) {
    return document.questions().stream()
        .filter(question -> question.ask().equals(ask))
        .findFirst()
        .map(document::answer)
        .orElseThrow();
  }

  @Test
  void aVendorsModelHasWhatIsKnown() throws IOException {
    ReportedDevice device = new ReportedDevice(folder);
    device.work("candor-mini");
    FilledDocument document = vendor(device);
    assertThat(answer(document, "Who made it?")).containsExactly("Vendor Ltd");
    assertThat(answer(document, "What can it not do?"))
        .containsExactly("no sums beyond 99", "English alone");
    assertThat(answer(document, "How much rests on it?")).containsExactly("12 decisions");
    assertThat(answer(document, "What was waived?")).containsExactly("none on record");
    assertThat(answer(document, "How does one leave?")).containsExactly("UNKNOWN");
    assertThat(answer(document, "Was it tested for bias?")).containsExactly("UNKNOWN");
    assertThat(document.unknown()).isBetween(15L, (long) document.questions().size() - 5);
    List<String> files = document.write(folder.resolve("out"), "vendor");
    assertThat(files).containsExactly("vendor.html", "vendor.pdf");
    assertThat(Files.readString(folder.resolve("out/vendor.html")))
        .contains("Mini &lt;b&gt;bold")
        .doesNotContain("<b>bold");
    assertThat(Files.readAllBytes(folder.resolve("out/vendor.pdf")))
        .startsWith("%PDF-".getBytes(UTF_8));
  }

  @Test
  void aFirmMayAskOtherQuestions() throws IOException {
    ReportedDevice device = new ReportedDevice(folder);
    device.work("candor-mini");
    Path templates = Files.createDirectories(device.home.path().resolve("templates"));
    Path own = templates.resolve("vendor-risk-assessment.yaml");
    Files.writeString(
        own,
        """
        format: 1
        title: Ours
        intro: In short
        sections:
          - heading: All
            questions:
              - {ask: Who?, fact: developer}
              - {ask: Why?}
        """);
    FilledDocument document = vendor(device);
    assertThat(document.questions()).hasSize(2);
    assertThat(document.unknown()).isEqualTo(1);
    Files.writeString(own, Files.readString(own).replace("fact: developer", "fact: develoer"));
    assertThatThrownBy(() -> vendor(device))
        .isInstanceOf(GovernanceException.class)
        .hasMessageContaining("did you mean 'developer'");
  }

  /** Both templates name facts that there are; who adds one to a template must add it to these. */
  @Test
  void theTemplatesNameFactsThatThereAre() {
    assertThat(
            DocumentTemplate.ofHome(folder, "vendor-risk-assessment", VendorFacts.names())
                .sections())
        .isNotEmpty();
    assertThat(
            DocumentTemplate.ofHome(folder, "decision-explanation", DecisionFacts.names())
                .sections())
        .isNotEmpty();
  }

  @Test
  void thePageNamesAllFactsAndItsTemplateIsOne() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "reference", "board-report.md"));
    assertThat(page).contains(quoted(VendorFacts.names())).contains(quoted(DecisionFacts.names()));
    Matcher template = Pattern.compile("(?ms)^```yaml\n(.*?)^```$").matcher(page);
    assertThat(template.find()).isTrue();
    assertThat(
            DocumentTemplate.parse(
                    "page.yaml", template.group(1).getBytes(UTF_8), VendorFacts.names())
                .sections())
        .hasSize(1);
  }

  private static String quoted(List<String> names) {
    return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
  }
}
