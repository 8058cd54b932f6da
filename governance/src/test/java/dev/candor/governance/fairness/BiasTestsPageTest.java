package dev.candor.governance.fairness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.evidence.DigestTuple;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of bias tests says what the program does. */
class BiasTestsPageTest {

  private @TempDir Path folder;

  private static String page() throws IOException {
    return Files.readString(Path.of("..", "docs", "reference", "bias-tests.md"));
  }

  private static List<String> blocks(String language) throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher block = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$").matcher(page());
    while (block.find()) {
      blocks.add(block.group(1));
    }
    return blocks;
  }

  @Test
  void itsPlanIsOne() throws IOException {
    BiasPlan plan = BiasPlan.parse(blocks("yaml").getFirst().getBytes(UTF_8));
    assertThat(plan.tests()).hasSize(2);
    assertThat(plan.tests().get(1).limits()).isEqualTo(BiasLimit.usual(BiasTest.Kind.NAME_SWAP));
  }

  @Test
  void itsRowsAreThoseOfEachForm() throws IOException {
    List<String> forms =
        blocks("json").stream()
            .map(row -> BiasSetReader.read("page.jsonl", row.getBytes(UTF_8)).form())
            .toList();
    assertThat(forms).containsExactly("cases", "templates", "names", "questions", "pairs");
  }

  @Test
  void itHasEveryMetricWithItsUsualLimit() throws IOException {
    StringBuilder table =
        new StringBuilder("| metric | kind | limit | usually |\n|---|---|---|---|\n");
    for (BiasMetric metric : BiasMetric.values()) {
      table.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  metric.key(),
                  metric.kind().key(),
                  metric.isAtLeast() ? "at least" : "at most",
                  metric.usual().isPresent()
                      ? Double.toString(metric.usual().getAsDouble())
                      : "none"));
    }
    assertThat(page()).contains("\n" + table + "\n");
  }

  @Test
  void itHasTheBuiltInSets() throws IOException {
    for (String name : BuiltInSets.names()) {
      BiasSet set = BuiltInSets.set(name);
      assertThat(page()).contains("| `%s` | %s | %d |".formatted(name, set.form(), set.size()));
    }
  }

  /** Every member of a document is named, and the document is the one that the page describes. */
  @Test
  void itNamesEveryMemberOfTheDocument() throws IOException {
    String yaml =
        new String(BiasPlan.standardText(), UTF_8)
            .replace("cases: 800", "cases: 40")
            .replace("resamples: 2000", "resamples: 200");
    BiasPlan plan = BiasPlan.parse(yaml.getBytes(UTF_8));
    BiasSets sets = BiasSets.of(plan, folder);
    BiasRun.Result result =
        new BiasRun(plan, sets).run(Scorers.fair(), (_, _) -> {}, () -> false).orElseThrow();
    DigestTuple tuple =
        new DigestTuple(
            "a".repeat(64), "Q8_0", "b".repeat(64), "none", "d".repeat(64), "i8-blocks32");
    Commitment commitment =
        new Commitment(
            plan,
            sets,
            tuple,
            new ThresholdsCommitted(
                tuple.digest(), tuple.model(), plan.digest(), plan.name(), sets.digest(), "anna"),
            0,
            "2026-11-30T09:00:00Z");
    Map<String, Object> predicate =
        new BiasDocument(commitment, result, "mini", "candor test", "e".repeat(64)).predicate();
    String page = page();
    assertThat(page).contains("`" + BiasDocument.PREDICATE + "`");
    for (String member : members(predicate)) {
      assertThat(page).contains("`" + member + "`");
    }
  }

  /** Names of members, but of those objects whose names are of the data. */
  private static List<String> members(Object value) {
    List<String> names = new ArrayList<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, member) -> {
        String key = String.valueOf(name);
        if (!key.contains("-")) {
          names.add(key);
        }
        if (!key.equals("counts")) {
          names.addAll(members(member));
        }
      });
    } else if (value instanceof List<?> list) {
      list.forEach(member -> names.addAll(members(member)));
    }
    return names;
  }
}
