package dev.candor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.statistics.registry.Input;
import dev.candor.statistics.registry.Statistic;
import dev.candor.statistics.registry.StatisticCatalogue;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The page of statistics says what the catalogue says, and what its examples come to. */
class StatisticsPageTest {

  private static final Path PAGE = Path.of("..", "docs", "reference", "statistics.md");
  private static final String BEGINNING = "## fairness\n";

  private static String catalogue() {
    StringBuilder page = new StringBuilder();
    String shelf = "";
    for (Statistic statistic : StatisticCatalogue.statistics()) {
      if (!statistic.shelf().equals(shelf)) {
        shelf = statistic.shelf();
        page.append("## ").append(shelf).append("\n\n");
      }
      page.append("### `").append(statistic.name()).append("`\n\n");
      page.append(statistic.definition()).append("\n\n| input | is | |\n|---|---|---|\n");
      for (Input input : statistic.inputs()) {
        String[] about = StatisticReport.about(input).split(": ", 2);
        page.append(
            "| `%s` | %s | %s |\n"
                .formatted(
                    input.name(), about[0].replace(" | ", " or "), about[1].replace("|", "\\|")));
      }
      Map<String, Object> result =
          StatisticReport.members(
              statistic.name(), statistic, statistic.evaluate(statistic.example()));
      result.keySet().retainAll(Set.of("value", "values", "undefined"));
      page.append("\n```json\n").append(StatisticReport.compact(statistic.example()));
      page.append("\n```\n\n").append("gives `");
      page.append(rounded(new ObjectMapper().valueToTree(result)));
      page.append("`\n\n");
    }
    return page.toString().stripTrailing() + "\n";
  }

  @Test
  void hasTheCatalogue() throws IOException {
    String page = Files.readString(PAGE);
    Path expected = Path.of("target", "statistics.md");
    int from = page.indexOf(BEGINNING);
    String beginning = from < 0 ? page : page.substring(0, from);
    Files.writeString(expected, beginning + catalogue());
    assertThat(page)
        .as("%s is what the page should be", expected)
        .isEqualTo(beginning + catalogue());
  }

  /** The file and the result in the beginning of the page. */
  @Test
  void itsExampleIsComputed() throws IOException {
    Matcher blocks = Pattern.compile("(?ms)^```json\n(.*?)^```$").matcher(Files.readString(PAGE));
    assertThat(blocks.find()).isTrue();
    String file = blocks.group(1);
    assertThat(blocks.find()).isTrue();
    JsonNode expected = rounded(new ObjectMapper().readTree(blocks.group(1)));
    CommandRun run = CommandRun.withInput(file, "stats", "eval", "-", "--json");
    assertThat(rounded(new ObjectMapper().readTree(run.out()))).isEqualTo(expected);
  }

  /** To nine digits: the last ones of a logarithm are not the same on every processor. */
  private static JsonNode rounded(JsonNode node) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (node.isArray()) {
      ArrayNode array = nodes.arrayNode();
      node.forEach(element -> array.add(rounded(element)));
      return array;
    }
    if (node.isObject()) {
      ObjectNode object = nodes.objectNode();
      node.forEachEntry((name, value) -> object.set(name, rounded(value)));
      return object;
    }
    if (!node.isFloatingPointNumber()) {
      return node;
    }
    double value = node.asDouble();
    double digits = new BigDecimal(value).round(new MathContext(9)).doubleValue();
    return digits == (long) digits ? nodes.numberNode((long) digits) : nodes.numberNode(digits);
  }
}
