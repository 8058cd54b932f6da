package dev.candor.cli;

import dev.candor.training.data.DataReport;
import dev.candor.training.data.DataSet;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What is in a data set, and whether its splits are apart. */
@CommandLine.Command(
    name = "check",
    description = {
      "Holds a data set against its manifest and reports what is in it: rows of each split, label"
          + " and family, lengths, duplicates, missing values, what looks like personal data, and"
          + " leaks: rows that are in two splits, exactly, nearly, or in a long part.",
      "",
      "The exit code is 1 if there is a leak."
    },
    footer = {
      "",
      "Examples:",
      "  candor data check tickets",
      "  candor data check tickets/rows.jsonl --json"
    })
final class DataCheckCommand extends Command {

  @Parameters(
      arity = "1",
      paramLabel = "PATH",
      description = "The folder of the set, or its file with the rows.")
  Path path = Path.of("");

  @Mixin OverlapArguments overlaps = new OverlapArguments();

  DataCheckCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    DataReport report;
    try (ProgressLine progress = new ProgressLine(streams)) {
      report = DataReport.of(DataSet.inspect(path), overlaps.settings(), progress::count);
    }
    if (json) {
      printJson(report.members());
    } else {
      streams.out().print(DataReportText.of(report));
    }
    return report.isClean() ? OK : FAILED;
  }
}
