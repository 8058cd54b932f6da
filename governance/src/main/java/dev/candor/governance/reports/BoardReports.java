package dev.candor.governance.reports;

import dev.candor.governance.DurableFile;
import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.controls.ControlCatalogue;
import dev.candor.governance.figures.Period;
import dev.candor.ledger.notes.SignedNote;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Issues board reports. */
public final class BoardReports {

  static final String HTML = "board-report.html";
  static final String PDF = "board-report.pdf";

  private final Governance governance;

  /** Reports about a device. */
  public BoardReports(Governance governance) {
    this.governance = governance;
  }

  /**
   * What was issued.
   *
   * @param file the figures, with the digests of the documents
   * @param documents what was written, by the names of the files
   * @param entry index of the entry that says so
   */
  public record Issued(ReportFile file, Map<String, byte[]> documents, long entry) {

    /** The bytes of one of the files. */
    public byte[] document(String name) {
      return Objects.requireNonNull(documents.get(name), name);
    }
  }

  /**
   * Makes a report of what the log says, writes it into a folder, and logs that it was issued. The
   * log is put under a checkpoint first, which the report names.
   *
   * @param catalogue the controls that it lists
   * @param folder made if it is not there; files of an earlier report are replaced
   * @throws dev.candor.governance.GovernanceException {@code governance.not-permitted}
   * @throws dev.candor.ledger.LedgerException if the log cannot be read, or the keys are locked
   */
  public Issued issue(Principal by, Period period, ControlCatalogue catalogue, Path folder) {
    Authority.require(by, Action.ISSUE_REPORT);
    SignedNote checkpoint = governance.checkpoint();
    LogPosition log = LogPosition.of(checkpoint);
    Instant made = governance.clock().instant();
    BoardReport.Reading reading = new BoardReport.Reading(period, made);
    governance.ledger().forEach(0, log.size(), reading::take);
    BoardReport report =
        new BoardReport(
            period,
            made,
            by.name(),
            governance.runtime(),
            log,
            reading.figures(),
            reading.before(),
            catalogue.frameworks());
    Map<String, byte[]> documents = new LinkedHashMap<>();
    documents.put(HTML, BoardReportPage.of(report, Medium.SCREEN).getBytes(StandardCharsets.UTF_8));
    documents.put(
        PDF,
        PdfPrinter.print(
            BoardReportPage.of(report, Medium.PAPER), BoardReportPage.title(report), made));
    Map<String, String> digests = new LinkedHashMap<>();
    documents.forEach((name, bytes) -> digests.put(name, sha256(bytes)));
    ReportFile file = new ReportFile(report, digests);
    byte[] figures = file.bytes();
    documents.put(ReportFile.NAME, figures);
    documents.forEach((name, bytes) -> DurableFile.write(folder, name, bytes));
    long entry =
        governance
            .ledger()
            .append(
                new ReportIssued(
                        period.from(),
                        period.to(),
                        log.size(),
                        log.root(),
                        sha256(figures),
                        sha256(documents.get(HTML)),
                        Optional.of(sha256(documents.get(PDF))),
                        by.name())
                    .entry())
            .index();
    return new Issued(file, documents, entry);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
