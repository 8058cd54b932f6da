package dev.candor.governance.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.TestHome;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.controls.ControlCatalogue;
import dev.candor.governance.controls.ControlEvidence;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.figures.Period;
import dev.candor.ledger.notes.VerifierKey;
import dev.candor.ledger.verification.Trust;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A board report says what the log says, and nothing of it can be altered unseen. */
class BoardReportTest {

  private static final Period QUARTER = Period.quarter("2026-Q4");
  private static final String RUNTIME = "candor test";
  private static final String HOSTILE =
      "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202Egnp.exe\u0007=cmd|' /C calc'!A0";

  private @TempDir Path folder;
  private ReportedDevice device = new ReportedDevice(Path.of(""));

  @BeforeEach
  void prepare() {
    device = new ReportedDevice(folder);
    device.work("candor-mini");
  }

  private Path reports() {
    return folder.resolve("reports");
  }

  private Path ledger() {
    return device.home.path().resolve("ledger");
  }

  private BoardReports.Issued issue(Principal by) {
    try (Governance governance = device.home.open()) {
      return new BoardReports(governance)
          .issue(by, QUARTER, ControlCatalogue.standard(), reports());
    }
  }

  private ReportVerifier.Outcome verify(Path log) {
    return ReportVerifier.verify(reports(), log, Trust.NONE, RUNTIME);
  }

  @Test
  void itSaysWhatTheLogSays() {
    BoardReport report = issue(TestHome.ANNA).file().report();
    assertThat(report.figure("decisions").value()).hasValue(12);
    assertThat(report.figure("decisions").number("chosen", 1)).isEqualTo(9);
    assertThat(report.figure("decisions").number("stopped", 1)).isEqualTo(1);
    assertThat(report.figure("decisions").number("failed", 1)).isEqualTo(1);
    assertThat(report.figure("decisions").number("no-end", 1)).isEqualTo(1);
    assertThat(report.figure("decisions-by-purpose").number("triage", 1)).isEqualTo(6);
    assertThat(report.figure("decisions-about-people").number("on a consent", 1)).isEqualTo(4);
    assertThat(report.figure("refusals").value()).hasValue(1);
    assertThat(report.figure("overrides").value()).hasValue(1);
    assertThat(report.figure("stops").value()).hasValue(1);
    assertThat(report.figure("time-to-stop").entries().count()).isEqualTo(2);
    // Ten that did not fail: 10 to 120 ms without that of 80; the fifth and the tenth.
    assertThat(report.figure("latency").value()).hasValue(50_000);
    assertThat(report.figure("latency").number("whole answer, longest", 1)).isEqualTo(110_000);
    assertThat(report.figure("tokens").number("read", 1)).isEqualTo(480);
    assertThat(report.figure("tokens").number("generated", 1)).isEqualTo(55);
    assertThat(report.figure("vendors").number("UNKNOWN", 2)).isEqualTo(12);
    assertThat(report.before()).containsEntry("decisions", 0L);
    assertThat(report.isOver()).isFalse();
    assertThat(report.evidence(ControlCatalogue.standard().control("AIA-14")).state())
        .isEqualTo(ControlEvidence.State.EVIDENCE);
    assertThat(report.evidence(ControlCatalogue.standard().control("E23-7")).state())
        .isEqualTo(ControlEvidence.State.NONE_YET);
    assertThat(report.evidence(ControlCatalogue.standard().control("AIA-27")).state())
        .isEqualTo(ControlEvidence.State.NOT_BY_THIS_PRODUCT);
    assertThat(String.join("\n", report.unknown())).contains("Energy and cost: UNKNOWN");
  }

  @Test
  void itIsVerifiedByTheLogAndByAnExport() throws IOException {
    issue(TestHome.ANNA);
    ReportVerifier.Outcome outcome = verify(ledger());
    assertThat(outcome.problems()).isEmpty();
    assertThat(outcome.equal()).isEqualTo(outcome.figures()).isGreaterThan(30);
    Path export = folder.resolve("export");
    try (Governance governance = device.home.open()) {
      governance.ledger().export(export);
    }
    assertThat(verify(export).problems()).isEmpty();
    // A key that counts no more proves nothing by the checkpoint that its own report names.
    List<VerifierKey> keys = VerifierKey.parseLines(Files.readString(ledger().resolve("vkeys")));
    Trust revoked = new Trust(keys, List.of(), Optional.empty(), keys);
    assertThat(ReportVerifier.verify(reports(), ledger(), revoked, RUNTIME).problems())
        .isNotEmpty();
    // What is logged later changes nothing, though the period goes on.
    device.work("candor-mini");
    assertThat(verify(ledger()).problems()).isEmpty();
    // And a second report of the same period stands beside the first one.
    Path first = reports().resolve(ReportFile.NAME);
    assertThat(first).exists();
  }

  @Test
  void theSameLogGivesTheSameBytes() {
    byte[] bytes = issue(TestHome.ANNA).file().bytes();
    assertThat(ReportFile.parse(bytes).bytes()).isEqualTo(bytes);
    assertThat(new String(bytes, StandardCharsets.UTF_8)).doesNotContain("\r");
  }

  /** Each fiftieth digit of the file, wherever it stands. */
  @Test
  void anAlteredDigitIsFound() throws IOException {
    byte[] bytes = issue(TestHome.ANNA).file().bytes();
    Path file = reports().resolve(ReportFile.NAME);
    int tried = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] >= '0' && bytes[i] <= '9' && tried++ % 50 == 0) {
        byte[] altered = bytes.clone();
        altered[i] = (byte) ('0' + (bytes[i] - '0' + 1) % 10);
        Files.write(file, altered);
        assertThat(verify(ledger()).isWell()).as("digit at " + i).isFalse();
      }
    }
    assertThat(tried).isGreaterThan(500);
    Files.write(file, bytes);
    assertThat(verify(ledger()).isWell()).isTrue();
  }

  @Test
  void anAlteredFigureIsNamed() throws IOException {
    String text = new String(issue(TestHome.ANNA).file().bytes(), StandardCharsets.UTF_8);
    Path file = reports().resolve(ReportFile.NAME);
    String altered =
        text.replaceFirst("(?s)(\"query\" : \"overrides\".*?\"value\" : )1", "$12")
            .replaceFirst("(?s)(\"query\" : \"overrides\".*?\"anna\", )1", "$12");
    assertThat(altered).isNotEqualTo(text);
    Files.writeString(file, altered);
    assertThat(verify(ledger()).problems())
        .extracting(ReportVerifier.Problem::where)
        .contains("figure overrides", ReportFile.NAME);
  }

  @Test
  void anAlteredDocumentIsFoundAndItsFigureNamed() throws IOException {
    issue(TestHome.ANNA);
    Path html = reports().resolve(BoardReports.HTML);
    String text = Files.readString(html);
    int digit = text.indexOf("<b>12</b>", text.indexOf("data-figure=\"decisions\"")) + 3;
    Files.writeString(html, text.substring(0, digit) + "7" + text.substring(digit + 1));
    assertThat(verify(ledger()).problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.where()).isEqualTo(BoardReports.HTML);
          assertThat(problem.message()).contains("from the figure decisions on");
        });
    Files.writeString(html, text);
    Path pdf = reports().resolve(BoardReports.PDF);
    byte[] bytes = Files.readAllBytes(pdf);
    bytes[bytes.length / 2] ^= 1;
    Files.write(pdf, bytes);
    assertThat(verify(ledger()).problems())
        .extracting(ReportVerifier.Problem::where)
        .containsExactly(BoardReports.PDF);
    Files.delete(pdf);
    assertThat(verify(ledger()).isWell()).isFalse();
  }

  @Test
  void anAlteredByteOfTheLogIsFound() throws IOException {
    issue(TestHome.ANNA);
    Path entries;
    try (Stream<Path> files = Files.walk(ledger().resolve("entries"))) {
      entries = files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(entries);
    long seed = 20261130;
    Random random = new Random(seed);
    for (int i = 0; i < 30; i++) {
      byte[] altered = bytes.clone();
      altered[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(entries, altered);
      assertThat(verify(ledger()).problems())
          .as("seed " + seed + ", case " + i)
          .extracting(ReportVerifier.Problem::where)
          .contains("log");
    }
    Files.write(entries, bytes);
    assertThat(verify(ledger()).isWell()).isTrue();
  }

  /** Its figures follow from such a log; what they say does not hold all the same. */
  @Test
  void aLogThatBreaksARuleIsFoundToo() {
    try (Governance governance = device.home.open()) {
      governance
          .ledger()
          .append(
              new EvidenceRecorded(
                      ReportedDevice.DIGEST,
                      ReportedDevice.MODEL,
                      EvidenceKind.BIAS,
                      Verdict.PASS,
                      ReportedDevice.DIGEST,
                      Optional.empty(),
                      OptionalLong.of(0),
                      "anna")
                  .entry());
    }
    issue(TestHome.ANNA);
    ReportVerifier.Outcome outcome = verify(ledger());
    assertThat(outcome.equal()).isEqualTo(outcome.figures());
    assertThat(outcome.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("commits to no thresholds"));
  }

  /** A report whose figures were recomputed by a forger, of the right log, but never issued. */
  @Test
  void whatWasNotIssuedIsNoReport() throws IOException {
    BoardReports.Issued issued = issue(TestHome.ANNA);
    BoardReport report = issued.file().report();
    BoardReport another =
        new BoardReport(
            report.period(),
            report.made(),
            "mallory",
            report.runtime(),
            report.log(),
            report.figures(),
            report.before(),
            report.frameworks());
    byte[] html = BoardReportPage.of(another, Medium.SCREEN).getBytes(StandardCharsets.UTF_8);
    Files.write(reports().resolve(BoardReports.HTML), html);
    ReportFile forged =
        new ReportFile(another, Map.of(BoardReports.HTML, BoardReports.sha256(html)));
    Files.write(reports().resolve(ReportFile.NAME), forged.bytes());
    assertThat(verify(ledger()).problems())
        .singleElement()
        .extracting(ReportVerifier.Problem::message)
        .asString()
        .contains("another report of this period");
  }

  /** A28: names that others have chosen stay texts. */
  @Test
  void nothingInAnEntryBecomesMarkup() throws IOException {
    device.work(HOSTILE);
    BoardReports.Issued issued = issue(TestHome.ANNA);
    String html = Files.readString(reports().resolve(BoardReports.HTML));
    assertThat(html)
        .doesNotContain("<script")
        .doesNotContain("<img")
        .doesNotContain("\u202E")
        .doesNotContain("\u0007")
        .contains("&lt;script&gt;");
    assertThat(html).contains("Content-Security-Policy");
    String pdf = text(issued.document(BoardReports.PDF));
    assertThat(pdf).contains("<script>alert(1)");
    assertThat(verify(ledger()).problems()).isEmpty();
  }

  @Test
  void thePdfHasTheFigures() throws IOException {
    String text = text(issue(TestHome.ANNA).document(BoardReports.PDF));
    assertThat(text)
        .contains("Board report on AI models, 2026-Q4")
        .contains("12 decisions")
        .contains("firm policy")
        .contains("E23-15")
        .contains("A.10.4")
        .contains("not evidenced by this product")
        .doesNotContain("#");
  }

  private static String text(byte[] pdf) throws IOException {
    try (PDDocument document = Loader.loadPDF(pdf)) {
      return new PDFTextStripper().getText(document);
    }
  }

  @Test
  void thePageHasTheMembersOfTheFile() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "reference", "board-report.md"));
    JsonNode file = JsonMapper.shared().readTree(issue(TestHome.ANNA).file().bytes());
    for (String name : file.propertyNames()) {
      assertThat(page).contains("\n| `" + name + "` |");
    }
    for (JsonNode figure : file.path("figures")) {
      assertThat(figure.propertyNames())
          .isSubsetOf(
              "query",
              "title",
              "reads",
              "definition",
              "value",
              "unknown",
              "unit",
              "columns",
              "rows",
              "entries");
      figure.propertyNames().forEach(name -> assertThat(page).contains("`" + name + "`"));
    }
  }

  @Test
  void onlyWhoMayIssuesOne() {
    for (Role role : List.of(Role.INVOKE, Role.OPERATE, Role.AUDIT)) {
      assertThatThrownBy(() -> issue(Principal.of("carl", List.of(role))))
          .isInstanceOf(GovernanceException.class)
          .extracting("code")
          .isEqualTo("governance.not-permitted");
    }
    assertThat(device.home.kinds()).doesNotContain(ReportIssued.KIND);
    issue(Principal.of("vera", List.of(Role.GOVERN)));
    assertThat(device.home.kinds()).endsWith(ReportIssued.KIND);
  }
}
