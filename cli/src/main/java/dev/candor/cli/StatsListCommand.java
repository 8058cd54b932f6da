package dev.candor.cli;

import dev.candor.statistics.NearestWord;
import dev.candor.statistics.registry.Statistic;
import dev.candor.statistics.registry.StatisticCatalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** What can be computed. */
@CommandLine.Command(
    name = "list",
    description = {
      "Says of each statistic what exactly it is, what it takes and with which limits, and gives an"
          + " example of its inputs."
    },
    footer = {
      "",
      "Examples:",
      "  candor stats list",
      "  candor stats list conformal",
      "  candor stats list tests.fisher-exact --json"
    })
final class StatsListCommand extends Command {

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description =
          "Statistics, or their first words: fairness, tests, intervals, sampling, calibration,"
              + " conformal, drift. All of them if left out.")
  List<String> names = List.of();

  StatsListCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    List<Statistic> listed = new ArrayList<>();
    for (String name : names.isEmpty() ? shelves() : names) {
      listed.addAll(named(name));
    }
    if (json) {
      printJson(Map.of("statistics", listed.stream().map(StatisticReport::members).toList()));
    } else {
      listed.forEach(statistic -> StatisticReport.print(streams.out(), statistic));
    }
    return OK;
  }

  private static List<Statistic> named(String name) {
    List<Statistic> found =
        StatisticCatalogue.statistics().stream()
            .filter(statistic -> statistic.shelf().equals(name))
            .toList();
    if (!found.isEmpty()) {
      return found;
    }
    if (name.contains(".")) {
      return List.of(StatisticCatalogue.require(name));
    }
    throw new CommandException(
        "statistics.unknown",
        "no statistic begins with '" + name + ".'",
        "Did you mean '"
            + NearestWord.to(name, shelves())
            + "'? There are: "
            + String.join(", ", shelves())
            + ".");
  }

  private static List<String> shelves() {
    return StatisticCatalogue.statistics().stream().map(Statistic::shelf).distinct().toList();
  }
}
