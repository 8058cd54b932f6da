package dev.candor.governance.reports;

import dev.candor.governance.EntryRules;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.figures.Cell;
import dev.candor.governance.figures.EvidenceQueries;
import dev.candor.governance.figures.Figure;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.verification.EntryRule;
import dev.candor.ledger.verification.Finding;
import dev.candor.ledger.verification.LedgerVerifier;
import dev.candor.ledger.verification.Trust;
import dev.candor.ledger.verification.VerificationReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Verifies a board report by the log alone: the log first, then every figure anew, then the digests
 * of the documents. It needs no key and writes nothing.
 */
public final class ReportVerifier {

  private static final int MOST_BYTES = 64 << 20;

  private final Trust trust;
  private final String runtime;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  /**
   * What is not as it should be.
   *
   * @param where {@code log}, a file, or {@code figure} and the name of its query
   * @param message one sentence
   */
  public record Problem(String where, String message) {}

  /**
   * What came out.
   *
   * @param figures how many were computed again
   * @param equal how many of them came out the same
   * @param entries of the log that were found right
   * @param problems none if all is well
   * @param remarks what who relies on it should know
   */
  public record Outcome(
      int figures, int equal, long entries, List<Problem> problems, List<String> remarks) {

    public Outcome {
      problems = List.copyOf(problems);
      remarks = List.copyOf(remarks);
    }

    /** Whether nothing is wrong. */
    public boolean isWell() {
      return problems.isEmpty();
    }
  }

  private ReportVerifier(Trust trust, String runtime) {
    this.trust = trust;
    this.runtime = runtime;
  }

  /**
   * Verifies a report.
   *
   * @param place its folder, or one of its files
   * @param log a ledger's folder, or an export of one
   * @param trust what is known of the log beforehand
   * @param runtime version of this program: only the same one writes the same document again
   * @throws GovernanceException {@code governance.report-missing}
   * @throws dev.candor.ledger.LedgerException {@code ledger.missing}, {@code ledger.unreadable}
   */
  public static Outcome verify(Path place, Path log, Trust trust, String runtime) {
    return new ReportVerifier(trust, runtime).run(place, log);
  }

  private Outcome run(Path place, Path log) {
    Path folder =
        Files.isDirectory(place)
            ? place
            : Objects.requireNonNull(place.toAbsolutePath().getParent(), "a file has a folder");
    byte[] bytes =
        read(folder.resolve(ReportFile.NAME))
            .orElseThrow(() ->
                new GovernanceException(
                    "report-missing",
                    folder + " has no " + ReportFile.NAME,
                    "Give the folder that candor report board wrote."));
    Optional<ReportFile> file = Optional.empty();
    try {
      file = Optional.of(ReportFile.parse(bytes));
    } catch (GovernanceException e) {
      problems.add(new Problem(ReportFile.NAME, String.valueOf(e.getMessage())));
    }
    Collected collected = new Collected(file);
    VerificationReport verified = verifyLog(log, file, collected);
    int equal = 0;
    if (file.isPresent()) {
      equal = figures(file.get().report(), collected);
      documents(file.get(), folder);
    }
    issued(bytes, file, collected);
    return new Outcome(collected.figures(), equal, verified.entries(), problems, remarks);
  }

  private VerificationReport verifyLog(Path log, Optional<ReportFile> file, Collected collected) {
    // What the report says of itself shows a contradiction, and nothing of what was seen before.
    List<SignedNote> claimed = file.map(it -> it.report().log().signed()).stream().toList();
    List<Supplier<EntryRule>> rules = EntryRules.all();
    rules.add(() -> collected);
    LedgerVerifier verifier =
        new LedgerVerifier(
            new Trust(trust.keys(), trust.against(), trust.policy(), trust.revoked(), claimed),
            rules);
    VerificationReport report =
        Files.isDirectory(log.resolve("tile").resolve("entries"))
            ? verifier.export(log)
            : verifier.ledger(log);
    for (Finding finding : report.findings()) {
      if (finding.severity() == Finding.Severity.WRONG) {
        problems.add(
            new Problem(
                "log",
                finding.message()
                    + (finding.firstEntry().isPresent()
                        ? " (entry " + finding.firstEntry().getAsLong() + ")"
                        : "")
                    + finding.file().map(name -> ", in " + name).orElse("")));
      } else {
        remarks.add(finding.message());
      }
    }
    return report;
  }

  /** What the log gave while it was verified. */
  private static final class Collected implements EntryRule {

    private final Optional<BoardReport.Reading> reading;
    private final long size;
    private final List<ReportIssued> issued = new ArrayList<>();
    private long read;

    Collected(Optional<ReportFile> file) {
      reading = file.map(it -> new BoardReport.Reading(it.report().period(), it.report().made()));
      size = file.map(it -> it.report().log().size()).orElse(0L);
    }

    @Override
    public void check(long index, Entry entry, Problems unused) {
      if (index < size) {
        reading.ifPresent(it -> it.take(index, entry));
        read++;
      }
      if (entry.kind().equals(ReportIssued.KIND)) {
        issued.add(ReportIssued.of(entry));
      }
    }

    boolean isWhole() {
      return read == size;
    }

    int figures() {
      return reading.isPresent() && isWhole() ? EvidenceQueries.all().size() : 0;
    }
  }

  private int figures(BoardReport report, Collected collected) {
    if (!collected.isWhole()) {
      problems.add(
          new Problem(
              "log",
              "the report is about "
                  + report.log().size()
                  + " entries, "
                  + collected.read
                  + " of them could be read here: no figure was computed again"));
      return 0;
    }
    BoardReport.Reading reading = collected.reading.orElseThrow();
    List<Figure> again = reading.figures();
    int equal = 0;
    for (int i = 0; i < again.size(); i++) {
      if (again.get(i).equals(report.figures().get(i))) {
        equal++;
      } else {
        problems.add(different(report.figures().get(i), again.get(i)));
      }
    }
    Map<String, Long> before = reading.before();
    if (!before.equals(report.before())) {
      report
          .before()
          .forEach((query, value) -> {
            if (!value.equals(before.get(query))) {
              problems.add(
                  new Problem(
                      "figure " + query,
                      "of the period before the report says "
                          + value
                          + ", the log gives "
                          + before.getOrDefault(query, 0L)));
            }
          });
      if (!before.keySet().equals(report.before().keySet())) {
        problems.add(
            new Problem(ReportFile.NAME, "the period before has other figures than the log gives"));
      }
    }
    return equal;
  }

  private static Problem different(Figure said, Figure given) {
    String where = "figure " + given.query();
    if (!said.value().equals(given.value())) {
      return new Problem(
          where, "the report says " + words(said) + ", the log gives " + words(given));
    }
    for (int i = 0; i < Math.max(said.rows().size(), given.rows().size()); i++) {
      String one = i < said.rows().size() ? row(said.rows().get(i)) : "no such row";
      String other = i < given.rows().size() ? row(given.rows().get(i)) : "no such row";
      if (!one.equals(other)) {
        return new Problem(
            where, "in row " + (i + 1) + " the report says " + one + ", the log gives " + other);
      }
    }
    return new Problem(
        where,
        "the report rests it on "
            + said.entries().words()
            + ", in the log it rests on "
            + given.entries().words());
  }

  private static String words(Figure figure) {
    return figure.value().isPresent() ? Long.toString(figure.value().getAsLong()) : "UNKNOWN";
  }

  private static String row(List<Cell> row) {
    return "'" + String.join("', '", row.stream().map(Cell::written).toList()) + "'";
  }

  private void documents(ReportFile file, Path folder) {
    file.files()
        .forEach((name, digest) -> {
          if (!name.equals(BoardReports.HTML) && !name.equals(BoardReports.PDF)) {
            problems.add(
                new Problem(ReportFile.NAME, "it names a document that no report of Candor has"));
            return;
          }
          Optional<byte[]> document = read(folder.resolve(name));
          if (document.isEmpty()) {
            problems.add(new Problem(name, "it belongs to the report and is not there"));
          } else if (!BoardReports.sha256(document.get()).equals(digest)) {
            problems.add(
                new Problem(
                    name,
                    "it is not the document that was issued: its digest is another than "
                        + ReportFile.NAME
                        + " says"
                        + place(file, name, document.get())));
          } else if (name.equals(BoardReports.HTML) && isOfThisVersion(file)) {
            String again = BoardReportPage.of(file.report(), Medium.SCREEN);
            if (!again.equals(new String(document.get(), StandardCharsets.UTF_8))) {
              problems.add(
                  new Problem(
                      name,
                      "it does not say what the figures say" + place(file, name, document.get())));
            }
          }
        });
    if (!isOfThisVersion(file)) {
      remarks.add(
          "the report was made by "
              + ReportReader.shown(file.report().runtime())
              + ", this is "
              + runtime
              + ": its document was compared by its digest alone");
    }
  }

  private boolean isOfThisVersion(ReportFile file) {
    return file.report().runtime().equals(runtime);
  }

  /** Near which figure a document of this version begins to differ. */
  private String place(ReportFile file, String name, byte[] document) {
    if (!name.equals(BoardReports.HTML) || !isOfThisVersion(file)) {
      return "";
    }
    String is = new String(document, StandardCharsets.UTF_8);
    String should = BoardReportPage.of(file.report(), Medium.SCREEN);
    int at = 0;
    while (at < Math.min(is.length(), should.length()) && is.charAt(at) == should.charAt(at)) {
      at++;
    }
    String mark = "data-figure=\"";
    int figure = should.lastIndexOf(mark, at);
    return figure < 0
        ? ", from its beginning on"
        : ", from the figure "
            + should.substring(figure + mark.length(), should.indexOf('"', figure + mark.length()))
            + " on";
  }

  /** The log says which bytes were issued. */
  private void issued(byte[] bytes, Optional<ReportFile> file, Collected collected) {
    String digest = BoardReports.sha256(bytes);
    Optional<ReportIssued> issue =
        collected.issued.stream().filter(it -> it.report().equals(digest)).findFirst();
    if (issue.isEmpty()) {
      boolean another =
          file.isPresent()
              && collected.issued.stream()
                  .anyMatch(it ->
                      it.from().equals(file.get().report().period().from())
                          && it.to().equals(file.get().report().period().to()));
      problems.add(
          new Problem(
              ReportFile.NAME,
              another
                  ? "the log says that another report of this period was issued: this one is not it,"
                      + " or was altered"
                  : "the log does not say that it was issued: it was altered, or the log ends before"));
      return;
    }
    ReportIssued it = issue.get();
    if (file.isPresent()
        && (!it.html().equals(file.get().files().get(BoardReports.HTML))
            || !it.pdf().equals(Optional.ofNullable(file.get().files().get(BoardReports.PDF))))) {
      problems.add(
          new Problem(ReportFile.NAME, "it names other documents than the log says were issued"));
    }
  }

  private static Optional<byte[]> read(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(in.readNBytes(MOST_BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
