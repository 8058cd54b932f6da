package dev.candor.governance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventoryFile;
import dev.candor.governance.inventory.InventoryRecord;
import dev.candor.governance.inventory.RatingCriterion;
import dev.candor.governance.inventory.RatingMethod;
import dev.candor.governance.inventory.RatingRule;
import dev.candor.governance.inventory.ReviewTrigger;
import dev.candor.governance.inventory.RiskRating;
import dev.candor.governance.loading.EvidenceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The pages about models say what the programs do. */
class ModelPagesTest {

  private static String page(String name) throws IOException {
    return Files.readString(Path.of("..", "docs", "reference", name));
  }

  @Test
  void theRecordOfThePageIsOne() throws IOException {
    Matcher block = Pattern.compile("(?ms)^```yaml\n(.*?)^```$").matcher(page("inventory.md"));
    assertThat(block.find()).isTrue();
    InventoryRecord record = InventoryFile.parse(block.group(1));
    assertThat(record.fields()).hasSize(17);
    assertThat(record.text(InventoryField.VERSION)).isEqualTo("1.10");
    assertThat(InventoryFile.parse(InventoryFile.write(record))).isEqualTo(record);
  }

  @Test
  void theFieldsOfThePageAreThoseThatThereAre() throws IOException {
    List<String> rows = new ArrayList<>();
    for (InventoryField field : InventoryField.values()) {
      rows.add("| `%s` | %s | ".formatted(field.key(), field.isOfEvery() ? "yes" : "no"));
    }
    String page = page("inventory.md");
    assertThat(page).contains(rows);
    for (InventoryField field : InventoryField.values()) {
      String row =
          page.lines()
              .filter(line -> line.startsWith("| `" + field.key() + "` |"))
              .findFirst()
              .orElseThrow();
      assertThat(row.contains("may be a list")).as(field.key()).isEqualTo(field.isList());
    }
    for (ReviewTrigger trigger : ReviewTrigger.values()) {
      assertThat(page).contains("`" + trigger.key() + "`");
    }
  }

  @Test
  void theMethodOfThePageIsTheOneThatRates() throws IOException {
    StringBuilder criteria =
        new StringBuilder("| criterion | kind | weight | question |\n|---|---|---|---|\n");
    for (RatingCriterion it : RatingMethod.standard().criteria()) {
      criteria.append(
          "| `%s` | %s | %d | %s |\n"
              .formatted(
                  it.id(),
                  it.quantitative() ? "quantitative" : "qualitative",
                  it.weight(),
                  it.question()));
    }
    StringBuilder rules =
        new StringBuilder(
            """
            | rating | reviewed again after, months | approved by | evidence | watched | limits |
            |---|---|---|---|---|---|
            """);
    for (RiskRating rating : RiskRating.values()) {
      RatingRule rule = RatingMethod.standard().rule(rating);
      List<String> limits = new ArrayList<>();
      if (rule.purposesNamed()) {
        limits.add("purposes named");
      }
      rule.mostTokens().ifPresent(tokens -> limits.add(tokens + " tokens"));
      rules.append(
          "| %s | %d | %s | %s | %s | %s |\n"
              .formatted(
                  rating.key(),
                  rule.reviewMonths(),
                  rule.approver().key(),
                  rule.evidence().stream().map(EvidenceKind::key).collect(Collectors.joining(", ")),
                  String.join(", ", rule.monitors()),
                  String.join(", ", limits)));
    }
    assertThat(page("inventory.md")).contains(criteria).contains(rules);
  }

  @Test
  void theTupleOfThePageHasItsDigest() throws IOException {
    String page = page("evidence.md");
    Matcher block = Pattern.compile("(?m)^    candor digest tuple 1\n(?:    .*\n)+").matcher(page);
    assertThat(block.find()).isTrue();
    DigestTuple tuple = DigestTuple.parse(block.group().replaceAll("(?m)^    ", ""));
    assertThat(page).contains("`" + tuple.digest() + "`");
    for (String part : tuple.parts().keySet()) {
      assertThat(page).contains("\n| `" + part + "` | ");
    }
    assertThat(DigestTuple.parse(tuple.text())).isEqualTo(tuple);
  }

  @Test
  void kindsAndStatesOfThePageAreThoseThatThereAre() throws IOException {
    String page = page("evidence.md");
    for (EvidenceKind kind : EvidenceKind.values()) {
      assertThat(page)
          .contains("\n| `%s` | %s | `%s` |\n".formatted(kind.key(), kind.words(), kind.command()));
    }
    for (EvidenceState state : EvidenceState.values()) {
      assertThat(page).contains("\n| `" + state.key() + "` | ");
    }
  }
}
