package dev.candor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.statistics.registry.Statistic;
import dev.candor.statistics.registry.StatisticCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code candor stats}, as an auditor types it. */
class StatsCommandsTest {

  @TempDir Path folder;

  private static JsonNode json(CommandRun run) {
    return new ObjectMapper().readTree(run.out());
  }

  private CommandRun eval(String content, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("numbers.json"), content);
    List<String> arguments = new ArrayList<>(List.of("stats", "eval", file.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void theExampleOfAllIsComputedInItsOrder() {
    CommandRun example = CommandRun.of("stats", "example");
    CommandRun run = CommandRun.withInput(example.out(), "stats", "eval", "-", "--json");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    JsonNode results = json(run).get("results");
    List<String> names = StatisticCatalogue.statistics().stream().map(Statistic::name).toList();
    assertThat(results).hasSameSizeAs(names);
    for (int i = 0; i < names.size(); i++) {
      JsonNode result = results.get(i);
      assertThat(result.get("statistic").asString()).isEqualTo(names.get(i));
      assertThat(result.has("value") ^ result.has("values")).as(names.get(i)).isTrue();
      assertThat(result.get("definition").asString()).isNotBlank();
    }
    CommandRun text = CommandRun.withInput(example.out(), "stats", "eval", "-");
    assertThat(text.exitCode()).isZero();
    assertThat(text.out())
        .contains("drift.hellinger: 0.0681277437\n", "  p: 0.00340922177\n", "  alarms: 95\n");
  }

  @Test
  void valuesHaveAllTheirDigitsAndWhatIsUndefinedItsReason() throws IOException {
    CommandRun run =
        eval(
            """
            {"format":1,"statistics":[
              {"name":"a","statistic":"drift.population-stability",
               "inputs":{"reference":[16,18,16,14,12,12],"current":[16,16,16,16,16,8]}},
              {"name":"b","statistic":"fairness.demographic-parity-ratio",
               "inputs":{"predictions":[false,false],"groups":["x","y"]}},
              {"name":"c","statistic":"conformal.quantile","inputs":{"scores":[0.5]}},
              {"name":"d","statistic":"sampling.rows-for-difference",
               "inputs":{"share":0.5,"other":0.4}}]}
            """,
            "--json");
    assertThat(run.exitCode()).as(run.out()).isZero();
    JsonNode results = json(run).get("results");
    assertThat(results.get(0).get("value").asDouble()).isCloseTo(0.037218381577290835, within());
    assertThat(results.get(0).get("settings").get("epsilon").asDouble()).isEqualTo(1e-4);
    assertThat(results.get(1).has("value")).isFalse();
    assertThat(results.get(1).get("undefined").asString()).contains("0 in every group");
    assertThat(results.get(2).get("values").get("quantile").asString()).isEqualTo("infinity");
    assertThat(results.get(3).get("value").isIntegralNumber()).isTrue();
    assertThat(results.get(3).get("value").asInt()).isEqualTo(388);
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-15);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'format':1,'statistics':[{'statistic':'tests.holmes','inputs':{}}]}"
            + "|statistics.unknown|'tests.holm'",
        "{'format':1,'statistics':[{'statistic':'tests.holm','inputs':{'q':[1]}}]}"
            + "|statistics.unknown-input|'p'",
        "{'format':1,'statistics':[{'statistic':'tests.holm','inputs':{}}]}"
            + "|statistics.input-missing|'p'",
        "{'format':1,'statistics':[{'statistic':'tests.holm','inputs':{'p':'x'}}]}"
            + "|statistics.wrong-type|list of numbers",
        "{'format':1,'statistics':[{'statistic':'tests.holm','inputs':{'p':[2]}}]}"
            + "|statistics.out-of-range|p[0] is 2",
        "{'format':1,'statistics':[{'statistic':'tests.holm','inputs':{'p':[1,'x']}}]}"
            + "|statistics-file.malformed|numbers and something else",
        "{'format':1,'statistics':[{'statistic':'tests.holm','inputs':{'p':[1e999]}}]}"
            + "|statistics-file.malformed|too large for 64 bits",
        "{'format':1,'statistics':[{'statistc':'tests.holm','inputs':{}}]}"
            + "|statistics-file.unknown-key|'statistic'",
        "{'format':2,'statistics':[]}|statistics-file.malformed|format is not 1",
        "{'statistics':[]}|statistics-file.malformed|no format",
        "{'format':1}|statistics-file.malformed|no statistics",
        "{'format':1,'format':1,'statistics':[]}|statistics-file.malformed|format",
        "[]|statistics-file.malformed|not an object",
        "{'format':1,'statistics':[]} x|statistics-file.malformed|x",
        "{'format':1,'statistics':[{'statistic':'tests.holm','inputs':"
            + "{'p':[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}}]}|statistics-file.too-large|16"
      })
  void errorsHaveACodeAndNameWhatIsWrong(String content, String code, String named)
      throws IOException {
    CommandRun run = eval(content.replace('\'', '"'), "--json");
    assertThat(run.exitCode()).isEqualTo(1);
    JsonNode error = json(run).get("error");
    assertThat(error.get("code").asString()).isEqualTo(code);
    assertThat(error.get("message").asString() + error.get("remedy").asString()).contains(named);
  }

  @Test
  void listsByShelfAndByName() {
    CommandRun shelf = CommandRun.of("stats", "list", "conformal");
    assertThat(shelf.out()).contains("conformal.quantile\n", "example: {").doesNotContain("drift.");
    JsonNode one =
        json(CommandRun.of("stats", "list", "tests.fisher-exact", "--json")).get("statistics");
    assertThat(one).hasSize(1);
    assertThat(one.get(0).get("inputs").get(4).get("choices").get(0).asString())
        .isEqualTo("two-sided");
    assertThat(json(CommandRun.of("stats", "list", "--json")).get("statistics"))
        .hasSameSizeAs(StatisticCatalogue.statistics());
    CommandRun unknown = CommandRun.of("stats", "list", "drfit");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err()).contains("Did you mean 'drift'?");
  }

  /** A million rows are read and computed within the memory of a test. */
  @Test
  void manyRows() throws IOException {
    StringBuilder content =
        new StringBuilder("{\"format\":1,\"statistics\":[{\"statistic\":")
            .append("\"calibration.error-equal-mass\",\"inputs\":{\"probabilities\":[0.5");
    content.repeat(",0.25", 999_999).append("],\"right\":[1").repeat(",0,0,0,1", 249_999);
    content.append(",0,0,0]}}]}");
    CommandRun run = eval(content.toString(), "--json");
    assertThat(run.exitCode()).as(run.out()).isZero();
    assertThat(json(run).get("results").get(0).get("value").asDouble()).isLessThan(1e-4);
  }
}
