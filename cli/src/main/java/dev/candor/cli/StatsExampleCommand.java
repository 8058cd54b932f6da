package dev.candor.cli;

import dev.candor.statistics.registry.Statistic;
import dev.candor.statistics.registry.StatisticCatalogue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** A file to begin with. */
@CommandLine.Command(
    name = "example",
    description = "Prints a file that 'candor stats eval' computes.",
    footer = {
      "",
      "Examples:",
      "  candor stats example fairness.equalised-odds-difference > numbers.json",
      "  candor stats example | candor stats eval - --json"
    })
final class StatsExampleCommand extends Command {

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description = "Statistics. All of them if left out.")
  List<String> names = List.of();

  StatsExampleCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    List<Statistic> chosen =
        names.isEmpty()
            ? List.copyOf(StatisticCatalogue.statistics())
            : names.stream().map(StatisticCatalogue::require).toList();
    List<Map<String, Object>> requests = new ArrayList<>();
    for (Statistic statistic : chosen) {
      Map<String, Object> request = new LinkedHashMap<>();
      request.put("name", statistic.name());
      request.put("statistic", statistic.name());
      request.put("inputs", StatisticReport.plain(statistic.example()));
      requests.add(request);
    }
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("format", 1);
    file.put("statistics", requests);
    printJson(file);
    return OK;
  }
}
