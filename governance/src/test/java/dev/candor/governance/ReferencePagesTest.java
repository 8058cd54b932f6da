package dev.candor.governance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.access.Authority;
import dev.candor.governance.consent.ConsentReceipt;
import dev.candor.governance.consent.ConsentRegister;
import dev.candor.governance.controls.ControlCatalogue;
import dev.candor.governance.controls.Framework;
import dev.candor.governance.figures.EvidenceQueries;
import dev.candor.governance.policy.Policy;
import dev.candor.governance.policy.PolicyVariable;
import dev.candor.ledger.entries.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages say what the programs do: their examples are read, their tables are printed. */
class ReferencePagesTest {

  private static String page(String name) throws IOException {
    return Files.readString(Path.of("..", "docs", "reference", name));
  }

  private static List<String> blocks(String page, String language) {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$").matcher(page);
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    return blocks;
  }

  @Test
  void everyPolicyOfThePageIsOne() throws IOException {
    List<String> policies = blocks(page("policy.md"), "yaml");
    assertThat(policies).hasSize(2);
    for (String policy : policies) {
      assertThat(Policy.parse(policy).rules()).isNotEmpty();
    }
  }

  /** Those that people are told to begin with, too; the digest is the one that is printed there. */
  @Test
  void everyPolicyOfTheGuideIsOne() throws IOException {
    String guide = Files.readString(Path.of("..", "docs", "govern", "consent-and-policy.md"));
    List<String> policies = blocks(guide, "yaml");
    assertThat(policies).hasSize(2);
    assertThat(guide).contains("sha256:" + Policy.parse(policies.get(0)).digest());
    assertThat(Policy.parse(policies.get(1)).rules()).hasSize(1);
  }

  @Test
  void thePageOfPoliciesHasTheTables() throws IOException {
    String page = page("policy.md");
    assertThat(page).contains(PolicyVariable.table());
    StringBuilder refused = new StringBuilder("| purpose | reason |\n|---|---|\n");
    Policy.standard()
        .refused()
        .forEach(use -> refused.append("| `%s` | %s |\n".formatted(use.purpose(), use.reason())));
    assertThat(page).contains(refused);
  }

  @Test
  void thePageOfConsentHasTheTableOfActions() throws IOException {
    assertThat(page("consent.md")).contains("\n" + Authority.table() + "\n");
  }

  @Test
  void thePageOfControlsHasTheQueriesAndTheFrameworks() throws IOException {
    String page = page("controls.md");
    assertThat(page).contains("\n" + EvidenceQueries.table());
    StringBuilder frameworks =
        new StringBuilder(
            "| id | framework | controls | read in the source |\n|---|---|---|---|\n");
    for (Framework framework : ControlCatalogue.standard().frameworks()) {
      frameworks.append(
          "| `%s` | %s | %d | %s |\n"
              .formatted(
                  framework.id(),
                  framework.title(),
                  framework.controls().size(),
                  framework.verified() ? "yes" : "no"));
    }
    assertThat(page).contains(frameworks);
  }

  /** The catalogue that the page shows is one, and the figures that it counts on are there. */
  @Test
  void theCatalogueOfThePageIsOne(@TempDir Path home) throws IOException {
    List<String> catalogues = blocks(page("controls.md"), "yaml");
    assertThat(catalogues).hasSize(2);
    Path folder = Files.createDirectories(home.resolve("controls"));
    Files.writeString(folder.resolve("1.yaml"), catalogues.get(0));
    Files.writeString(folder.resolve("2.yaml"), catalogues.get(1));
    ControlCatalogue changed = ControlCatalogue.ofHome(home);
    assertThat(changed.control("H-1").firmPolicy()).isTrue();
    assertThat(changed.framework("osfi-e23").dates().getFirst())
        .hasToString("2027-11-01 effective");
  }

  @Test
  void theEntriesOfThePageMakeItsReceipt() throws IOException {
    String page = page("consent.md");
    Matcher matcher = Pattern.compile("(?m)^    candor/1 consent-.*\n(?:    .*\n)+").matcher(page);
    List<Entry> entries = new ArrayList<>();
    while (matcher.find()) {
      entries.add(
          Entry.parse(
              matcher.group().replaceAll("(?m)^    ", "").getBytes(StandardCharsets.US_ASCII)));
    }
    assertThat(entries).hasSize(3);
    ConsentRegister register = new ConsentRegister();
    register.apply(0, entries.get(0));
    register.apply(1, entries.get(2));
    Instant now = Instant.parse("2026-12-02T00:00:00Z");
    String subject = entries.get(0).required("subject");
    assertThat(register.receipts(subject, now))
        .singleElement()
        .extracting(ConsentReceipt::json)
        .isEqualTo(blocks(page, "json").getFirst().strip());
    register.apply(2, entries.get(1));
    assertThat(register.receipts(subject, now))
        .extracting(ConsentReceipt::state)
        .containsExactly(ConsentReceipt.State.WITHDRAWN);
    assertThat(register.withoutEffect()).isEmpty();
  }
}
