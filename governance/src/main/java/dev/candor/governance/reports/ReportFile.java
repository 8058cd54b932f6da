package dev.candor.governance.reports;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.controls.Control;
import dev.candor.governance.controls.ControlEvidence;
import dev.candor.governance.controls.DatedStatus;
import dev.candor.governance.controls.Framework;
import dev.candor.governance.figures.Cell;
import dev.candor.governance.figures.EntryRange;
import dev.candor.governance.figures.EvidenceQueries;
import dev.candor.governance.figures.EvidenceQuery;
import dev.candor.governance.figures.Figure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file of figures of a board report: JSON of exactly one form, see
 * docs/reference/board-report.md.
 *
 * @param report what it says
 * @param files SHA-256 of the documents that were made of it, by their names
 */
public record ReportFile(BoardReport report, Map<String, String> files) {

  /** What it is called. */
  public static final String NAME = "report.json";

  static final String FORMAT = "candor-board-report/1";

  public ReportFile {
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
  }

  /** As it is written: the same report, the same bytes, on any machine. */
  public byte[] bytes() {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    String text =
        JsonMapper.builder()
            .defaultPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(lines))
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(members());
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads one.
   *
   * @throws GovernanceException {@code governance.report-malformed} if it is not exactly what
   *     {@link #bytes} gives for some report, naming the line
   */
  public static ReportFile parse(byte[] bytes) {
    ReportFile file = new ReportReader(bytes).file();
    byte[] canonical = file.bytes();
    if (!Arrays.equals(bytes, canonical)) {
      throw ReportReader.malformed(difference(bytes, canonical));
    }
    return file;
  }

  private static String difference(byte[] bytes, byte[] canonical) {
    List<String> is = new String(bytes, StandardCharsets.UTF_8).lines().toList();
    List<String> should = new String(canonical, StandardCharsets.UTF_8).lines().toList();
    for (int i = 0; i < Math.min(is.size(), should.size()); i++) {
      if (!is.get(i).equals(should.get(i))) {
        return "line "
            + (i + 1)
            + " is '"
            + ReportReader.shown(is.get(i).strip())
            + "', from the rest of the file it follows that it is '"
            + ReportReader.shown(should.get(i).strip())
            + "'";
      }
    }
    return "it is longer or shorter than what it says, or divided into lines in another way";
  }

  private Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("format", FORMAT);
    members.put("period", period());
    members.put("made", report.made().toString());
    members.put("as-of", report.asOf().toString());
    members.put("by", report.by());
    members.put("runtime", report.runtime());
    Map<String, Object> log = new LinkedHashMap<>();
    log.put("size", report.log().size());
    log.put("root", report.log().root());
    log.put("checkpoint", report.log().note());
    members.put("log", log);
    members.put("figures", report.figures().stream().map(ReportFile::figure).toList());
    Map<String, Object> before = new LinkedHashMap<>();
    before.put("period", report.period().before().name());
    before.put("values", report.before());
    members.put("before", before);
    members.put("frameworks", report.frameworks().stream().map(this::framework).toList());
    members.put("unknown", report.unknown());
    members.put("files", files);
    return members;
  }

  private Map<String, Object> period() {
    Map<String, Object> period = new LinkedHashMap<>();
    period.put("name", report.period().name());
    period.put("from", report.period().from().toString());
    period.put("to", report.period().to().toString());
    period.put("basis", "firm policy");
    return period;
  }

  private static Map<String, Object> figure(Figure figure) {
    EvidenceQuery query = EvidenceQueries.require(figure.query());
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("query", figure.query());
    members.put("title", query.title());
    members.put("reads", query.window().words());
    members.put("definition", query.definition());
    figure.value().ifPresent(value -> members.put("value", value));
    figure.unknown().ifPresent(why -> members.put("unknown", why));
    members.put("unit", query.unit());
    if (!figure.rows().isEmpty()) {
      members.put("columns", query.columns());
      List<List<Object>> rows = new ArrayList<>();
      for (List<Cell> row : figure.rows()) {
        List<Object> cells = new ArrayList<>();
        for (Cell cell : row) {
          cells.add(
              switch (cell) {
                case Cell.Text it -> it.text();
                case Cell.Number it -> it.value();
              });
        }
        rows.add(cells);
      }
      members.put("rows", rows);
    }
    members.put("entries", range(figure.entries()));
    return members;
  }

  private static Map<String, Object> range(EntryRange range) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("count", range.count());
    put(members, "first", range.first());
    put(members, "last", range.last());
    return members;
  }

  private static void put(Map<String, Object> members, String name, OptionalLong value) {
    if (value.isPresent()) {
      members.put(name, value.getAsLong());
    }
  }

  private Map<String, Object> framework(Framework framework) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", framework.id());
    members.put("title", framework.title());
    members.put("source", framework.source());
    members.put("verified", framework.verified());
    members.put("firm-policy", framework.firmPolicy());
    framework.note().ifPresent(note -> members.put("note", note));
    members.put("dates", dates(framework.dates()));
    members.put("controls", framework.controls().stream().map(this::control).toList());
    return members;
  }

  private Map<String, Object> control(Control control) {
    ControlEvidence evidence = report.evidence(control);
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", control.id());
    members.put("title", control.title());
    members.put("source", control.source());
    members.put("dates", dates(control.dates()));
    members.put("edge", control.edge().stream().map(it -> it.key()).toList());
    members.put("agile", control.agile().stream().map(it -> it.key()).toList());
    members.put("evidence", control.evidence());
    members.put("firm-policy", control.firmPolicy());
    members.put("verified", control.verified());
    control.note().ifPresent(note -> members.put("note", note));
    members.put("state", evidence.state().key());
    return members;
  }

  private static List<Map<String, Object>> dates(List<DatedStatus> dates) {
    List<Map<String, Object>> members = new ArrayList<>();
    for (DatedStatus date : dates) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("day", date.day().toString());
      one.put("status", date.status());
      members.add(one);
    }
    return members;
  }
}
