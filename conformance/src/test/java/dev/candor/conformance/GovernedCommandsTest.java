package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Consents, policies and keys by the commands, each in a process of its own. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class GovernedCommandsTest {

  private static final Path MODEL = TestData.fixture("llama3-tiny");
  private static final String DRAFTS =
      """
      version: 1
      name: drafts only
      allow:
        - id: drafts
          when: request.purpose == 'drafting'
          reason: Drafts are read by a person.
      """;

  private @TempDir Path folder;

  private Path home() {
    return folder.resolve("home");
  }

  private CommandRun run(String... arguments) throws Exception {
    return CandorProcess.run(home(), arguments);
  }

  /** What a command that succeeds says as JSON. */
  private JsonNode json(String... arguments) throws Exception {
    String[] all = Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new);
    CommandRun run = run(all);
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    return JsonMapper.shared().readTree(run.out());
  }

  private void assertRefused(String code, String... arguments) throws Exception {
    String[] all = Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new);
    CommandRun run = run(all);
    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(1);
    JsonNode error = JsonMapper.shared().readTree(run.out()).path("error");
    assertThat(error.path("code").asString()).isEqualTo(code);
    assertThat(error.path("message").asString()).isNotBlank();
    assertThat(error.path("remedy").asString()).isNotBlank();
  }

  private static String[] ask(String... more) {
    return Stream.concat(
            Stream.of("ask", "--raw", "--model", MODEL.toString(), "--max-tokens", "3", "abc"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  private static String[] give(String... more) {
    return Stream.concat(
            Stream.of(
                "consent",
                "give",
                "--controller",
                "Example Bank",
                "--notice",
                "notice-3",
                "--obtained",
                "signed form 12"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  private List<String> kinds() throws Exception {
    List<String> kinds = new ArrayList<>();
    json("audit", "show", "--last", "100")
        .path("entries")
        .forEach(entry -> kinds.add(entry.path("kind").asString()));
    return kinds;
  }

  @Test
  void anAnswerAboutSomebodyNeedsTheirConsentAsLongAsItIsAlive() throws Exception {
    String[] question = ask("--purpose", "triage", "--subject", "customer-17");
    assertRefused("governance.refused", question);
    JsonNode receipt =
        json(give("--subject", "customer-17", "--purpose", "triage,research", "--id", "c-1"));
    assertThat(receipt.path("state").asString()).isEqualTo("given");
    assertThat(receipt.path("entry").asLong()).isEqualTo(1);
    JsonNode decision = json(question).path("receipt");
    assertThat(decision.path("startedEntry").asLong()).isEqualTo(2);
    JsonNode withdrawn =
        json("consent", "withdraw", "--subject", "customer-17", "--purpose", "triage");
    assertThat(withdrawn.path("alive")).hasSize(1);
    assertRefused("governance.refused", question);
    JsonNode listed = json("consent", "list", "--subject", "customer-17").path("consents");
    assertThat(listed).hasSize(1);
    assertThat(listed.path(0).path("withdrawn").path("triage").asLong()).isEqualTo(4);
    // The data subject sees its own, and nobody else's.
    Path file = folder.resolve("receipt.json");
    CommandRun own = run("consent", "receipt", "c-1", "--as", "customer-17:", "--out", "" + file);
    assertThat(own.exitCode()).as(own.err()).isZero();
    assertThat(JsonMapper.shared().readTree(Files.readString(file)).path("format").asString())
        .isEqualTo("candor-consent-receipt/1");
    assertRefused("governance.not-permitted", "consent", "receipt", "c-1", "--as", "customer-18:");
    assertRefused(
        "governance.consent-known",
        give("--subject", "customer-18", "--purpose", "triage", "--id", "c-1"));
    assertThat(run(give("--subject", "x", "--purpose", "a", "--expires", "soon")).exitCode())
        .isEqualTo(2);
    assertThat(kinds())
        .containsExactly(
            "decision-refused",
            "consent-given",
            "decision-started",
            "decision-finished",
            "consent-withdrawn",
            "decision-refused");
    assertRefusalHasAReceipt();
    assertNowhere("customer-17");
  }

  private void assertRefusalHasAReceipt() throws Exception {
    String decision =
        json("audit", "show", "0").path("entries").path(0).path("decision").asString();
    Path proof = folder.resolve("refusal.tlog-proof");
    JsonNode receipt = json("receipt", decision.substring(0, 14), "--bundle", proof.toString());
    assertThat(receipt.path("decision").asString()).isEqualTo(decision);
    assertThat(receipt.path("refused").path("entry").asLong()).isZero();
    assertThat(receipt.path("refused").path("reason").asString()).isNotBlank();
    assertThat(Files.readString(proof)).startsWith("c2sp.org/tlog-proof@v1\n");
    assertRefused("governance.not-permitted", "receipt", decision, "--as", "customer-18:");
    assertThat(run("receipt", decision).out()).contains("nothing was computed");
  }

  /** Abuse case A32: what a person is called is in no file of the home. */
  private void assertNowhere(String name) throws IOException {
    try (Stream<Path> files = Files.walk(home())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(name);
      }
    }
  }

  @Test
  void aPolicyHoldsOnceItIsAdopted() throws Exception {
    Path policy = Files.writeString(folder.resolve("drafts.yaml"), DRAFTS);
    JsonNode checked = json("policy", "check", policy.toString());
    assertThat(checked.path("name").asString()).isEqualTo("drafts only");
    CommandRun explained = run("policy", "explain", "--file", policy.toString());
    assertThat(explained.exitCode()).isEqualTo(1);
    assertThat(explained.out()).startsWith("denied by default-deny").contains("false  drafts");
    assertThat(json(ask()).path("receipt").path("startedEntry").asLong()).isZero();
    assertRefused(
        "governance.not-permitted", "policy", "adopt", policy.toString(), "--as", "bob:operate");
    JsonNode adopted = json("policy", "adopt", policy.toString());
    assertThat(adopted.path("digest")).isEqualTo(checked.path("digest"));
    assertThat(adopted.path("entry").asLong()).isEqualTo(2);
    CommandRun shown = run("policy", "show");
    assertThat(shown.out()).isEqualTo(DRAFTS);
    assertThat(shown.err()).contains("drafts only, sha256:").contains("holds by entry 2");
    assertThat(run("policy", "show", "--default").out()).contains("name: local work");
    assertRefused("governance.refused", ask());
    JsonNode explanation =
        json("policy", "explain", "--purpose", "drafting", "--model", MODEL.toString());
    assertThat(explanation.path("served").asBoolean()).isTrue();
    assertThat(explanation.path("rule").asString()).isEqualTo("drafts");
    JsonNode answered = json(ask("--purpose", "drafting"));
    assertThat(answered.path("receipt").path("startedEntry").asLong()).isEqualTo(4);
    Path wrong = Files.writeString(folder.resolve("wrong.yaml"), DRAFTS.replace("==", "="));
    CommandRun refused = run("policy", "check", wrong.toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("line 5");
    assertRefused("file.missing", "policy", "check", folder.resolve("none.yaml").toString());
  }

  @Test
  void keysAreRotatedRenewedAndDestroyed() throws Exception {
    JsonNode first = json("keys", "show");
    String log = first.path("log").asString();
    assertThat(first.path("locked").asBoolean()).isFalse();
    String decision = json(ask()).path("receipt").path("decision").asString();
    JsonNode rotated = json("keys", "rotate");
    JsonNode second = json("keys", "show");
    assertThat(second.path("vkeys")).isEqualTo(rotated.path("vkeys"));
    assertThat(second.path("vkeys")).isNotEqualTo(first.path("vkeys"));
    assertThat(second.path("payloadKey")).isNotEqualTo(first.path("payloadKey"));
    assertThat(second.path("log").asString()).isEqualTo(log);
    String checkpoint = Files.readString(home().resolve("ledger/checkpoint"));
    assertThat(checkpoint).startsWith(log + "\n");
    // What was kept before is read still.
    assertThat(run("audit", "show", "0", "--payloads").out()).contains("\"text\":\"abc\"");
    assertThat(json("keys", "lock-after", "30").path("locksAt").asString()).isNotBlank();
    assertThat(json("keys", "renew").path("entry").asLong()).isEqualTo(5);
    assertRefused("governance.lock-days", "keys", "lock-after", "3651");
    assertRefused("governance.not-permitted", "keys", "renew", "--as", "clerk:invoke");
    assertRefused("governance.destruction-unconfirmed", "keys", "destroy", "--confirm", "yes");
    assertThat(run("keys", "destroy").exitCode()).isEqualTo(2);
    assertThat(kinds())
        .containsExactly(
            "decision-started",
            "decision-finished",
            "key-rotated",
            "payload-key-rotated",
            "key-vault-lock-set",
            "key-vault-renewed");
    assertThat(json("keys", "destroy", "--confirm", log).path("entry").asLong()).isEqualTo(6);
    assertThat(home().resolve("keys.p12")).doesNotExist();
    assertRefused("ledger.keys-missing", ask());
    // What was recorded is read without keys.
    assertThat(json("receipt", decision).path("finished").path("entry").asLong()).isEqualTo(1);
    assertThat(home().resolve("keys.p12")).doesNotExist();
  }
}
