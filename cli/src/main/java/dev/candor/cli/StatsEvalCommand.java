package dev.candor.cli;

import dev.candor.statistics.StatisticsException;
import dev.candor.statistics.registry.Statistic;
import dev.candor.statistics.registry.StatisticCatalogue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** Computes the statistics that a file asks for. */
@CommandLine.Command(
    name = "eval",
    description = {
      "Computes each statistic of a file, in its order, and prints what it came to, what exactly"
          + " was computed and with which settings. What is not defined for its inputs is printed"
          + " as undefined, with the reason. Nothing is recorded."
    },
    footer = {
      "",
      "The file: {\"format\":1,\"statistics\":[{\"name\":\"any\",\"statistic\":\"tests.mcnemar\","
          + "\"inputs\":{\"gained\":8,\"lost\":1}}]}",
      "",
      "Examples:",
      "  candor stats eval numbers.json",
      "  candor stats eval numbers.json --json",
      "  candor stats example tests.holm | candor stats eval -"
    })
final class StatsEvalCommand extends Command {

  @Parameters(paramLabel = "FILE", description = "JSON, at most 256 MiB; - is standard input.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before call()
  Path file;

  StatsEvalCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    List<Map<String, Object>> results = new ArrayList<>();
    int number = 0;
    for (StatisticsFile.Request request : read()) {
      try {
        Statistic statistic = StatisticCatalogue.require(request.statistic());
        Statistic.Evaluation found = statistic.evaluate(request.inputs());
        if (json) {
          results.add(StatisticReport.members(request.name(), statistic, found));
        } else {
          StatisticReport.print(streams.out(), request.name(), found);
        }
      } catch (StatisticsException e) {
        streams.out().flush();
        throw new CommandException(
            e.code(),
            "statistics[" + number + "] (" + request.name() + "): " + e.getMessage(),
            e.remedy());
      }
      number++;
    }
    if (json) {
      printJson(Map.of("results", results));
    }
    return OK;
  }

  private List<StatisticsFile.Request> read() {
    if (file.toString().equals("-")) {
      return StatisticsFile.read(streams.in(), "standard input");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return StatisticsFile.read(in, file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
