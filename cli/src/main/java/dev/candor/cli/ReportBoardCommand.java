package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.controls.ControlCatalogue;
import dev.candor.governance.figures.Period;
import dev.candor.governance.reports.BoardReport;
import dev.candor.governance.reports.BoardReports;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the board is told of a period. */
@CommandLine.Command(
    name = "board",
    description = {
      "Issues the board report of a period: board-report.html, board-report.pdf, and report.json with"
          + " all figures. Each figure is a query over the ledger, up to a checkpoint that is signed for"
          + " it; an entry says that the report was issued, with its digests.",
      "A report each quarter is firm policy; without a period it is about the quarter that runs."
    },
    footer = {
      "",
      "Examples:",
      "  candor report board",
      "  candor report board --quarter 2026-Q4 --out report",
      "  candor report board --from 2026-10-01 --to 2026-10-31 --json"
    })
final class ReportBoardCommand extends Command {

  @Option(names = "--quarter", paramLabel = "YYYY-Qn", description = "A quarter, such as 2026-Q4.")
  @Nullable String quarter;

  @Option(names = "--from", paramLabel = "DAY", description = "The first day, such as 2026-10-01.")
  @Nullable String from;

  @Option(names = "--to", paramLabel = "DAY", description = "The last day.")
  @Nullable String to;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "The folder to write to (default: board-report- and the name of the period). Files of an"
              + " earlier report there are replaced.")
  @Nullable Path out;

  @Mixin ActorArguments actor = new ActorArguments();

  ReportBoardCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Period period = period();
    ControlCatalogue catalogue = ControlCatalogue.ofHome(GovernedHome.settings().home());
    GovernedHome.requireLedger();
    Path folder = out == null ? Path.of("board-report-" + period.name().replace(' ', '-')) : out;
    BoardReports.Issued issued;
    try (Governance governance = GovernedHome.open();
        ProgressLine progress = new ProgressLine(streams)) {
      governance.ledger().refresh();
      progress.draw("reading " + governance.ledger().size() + " entries");
      issued = new BoardReports(governance).issue(actor.principal(), period, catalogue, folder);
    }
    BoardReport report = issued.file().report();
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("folder", folder.toString());
      members.put("files", issued.documents().keySet());
      members.put("period", period.name());
      members.put("entries", report.log().size());
      members.put("root", report.log().root());
      members.put("entry", issued.entry());
      members.put("figures", report.figures().stream().map(LedgerFigures::members).toList());
      printJson(members);
    } else {
      streams
          .out()
          .printf(
              "%s: %d figures about %s, of %d entries of the ledger.%n",
              folder, report.figures().size(), period.name(), report.log().size());
      issued.documents().keySet().forEach(name -> streams.out().println("  " + name));
      streams
          .out()
          .printf(
              "Issued: entry %d. Check it with: candor report verify %s%n", issued.entry(), folder);
    }
    return OK;
  }

  private Period period() {
    if (quarter != null) {
      if (from != null || to != null) {
        throw usage("give either --quarter or --from and --to");
      }
      return Period.quarter(quarter);
    }
    if (from != null && to != null) {
      return Period.days(from, to);
    }
    if (from != null || to != null) {
      throw usage("--from and --to go together");
    }
    return Period.quarterOf(GovernedHome.settings().clock().instant());
  }
}
