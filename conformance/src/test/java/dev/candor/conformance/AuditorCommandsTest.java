package dev.candor.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceSettings;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.keys.PassphraseSource;
import dev.candor.ledger.notes.LogProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What auditors see, with keys and without, each command in a process of its own. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class AuditorCommandsTest {

  private static final String MODEL = TestData.fixture("llama3-tiny").toString();

  private @TempDir Path folder;

  private Path home() {
    return folder.resolve("home");
  }

  private Path passphrase() {
    return folder.resolve("home-configuration/candor/passphrase");
  }

  private CommandRun run(String... arguments) throws Exception {
    return CandorProcess.run(home(), arguments);
  }

  private static JsonNode json(CommandRun run) {
    return JsonMapper.shared().readTree(run.out());
  }

  private void assertRefused(String code, String... arguments) throws Exception {
    String[] all = Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new);
    CommandRun run = run(all);
    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(1);
    assertThat(json(run).path("error").path("code").asString()).isEqualTo(code);
  }

  private String ask() throws Exception {
    CommandRun run = run("ask", "--raw", "--model", MODEL, "--max-tokens", "3", "abc", "--json");
    assertThat(run.exitCode()).as(run.err()).isZero();
    return json(run).path("receipt").path("decision").asString();
  }

  @Test
  void toLookMakesNothing() throws Exception {
    CommandRun shown = run("audit", "show");
    assertThat(shown.exitCode()).as(shown.err()).isZero();
    assertThat(shown.out()).contains("Nothing has been recorded yet.");
    assertRefused("ledger.nothing-recorded", "audit", "export", folder.resolve("out").toString());
    assertRefused("ledger.nothing-recorded", "audit", "verify", "--payloads");
    assertRefused("ledger.nothing-recorded", "receipt", "0197f0aa");
    assertRefused("ledger.nothing-recorded", "replay", "--all");
    for (String name : List.of("ledger", "keys.p12", "payloads.db", "index.db")) {
      assertThat(home().resolve(name)).doesNotExist();
    }
    assertThat(passphrase()).doesNotExist();
  }

  @Test
  void aReceiptHasAllThatWasDoneAboutADecision() throws Exception {
    String decision = ask();
    assertThat(run("override", decision, "--with", "abd", "--reason", "it is").exitCode()).isZero();
    CommandRun receipt = run("receipt", decision, "--json");
    assertThat(receipt.exitCode()).as(receipt.err()).isZero();
    assertThat(json(receipt).path("stops")).isEmpty();
    assertThat(json(receipt).path("overrides").path(0).path("entry").asLong()).isEqualTo(2);
    assertThat(run("receipt", decision).out()).containsPattern("overridden +entry 2, .*, by ");
    assertRefused("governance.not-permitted", "receipt", decision, "--as", "clerk:invoke");
    assertRefused("governance.not-permitted", "replay", decision, "--as", "clerk:invoke");
    assertRefused("governance.not-permitted", "audit", "verify", "--as", "clerk:invoke");

    // Without a passphrase what needs no key is read still, and nothing else.
    Files.delete(passphrase());
    assertThat(run("receipt", decision).exitCode()).isZero();
    assertThat(run("audit", "verify").exitCode()).isZero();
    assertThat(json(run("audit", "show", "--json")).path("entries")).hasSize(3);
    assertThat(run("audit", "show", "--payloads").exitCode()).isEqualTo(1);
    Path export = folder.resolve("export");
    CommandRun exported = run("audit", "export", export.toString());
    assertThat(exported.exitCode()).as(exported.err()).isZero();
    assertThat(exported.err()).contains("Read without keys");
    assertThat(export.resolve("checkpoint"))
        .hasSameTextualContentAs(home().resolve("ledger/checkpoint"));
    Path bundle = folder.resolve("a.tlog-proof");
    assertThat(run("receipt", decision, "--bundle", bundle.toString()).exitCode()).isZero();
    assertThat(index(bundle)).isEqualTo(1);
    assertThat(index(folder.resolve("a.tlog-proof.start"))).isZero();
    assertThat(passphrase()).doesNotExist();
  }

  private static long index(Path bundle) throws IOException {
    return LogProof.parse(Files.readAllBytes(bundle)).proof().index();
  }

  @Test
  void whatHasNoEndHasAReceiptOfItsBeginning() throws Exception {
    String done = ask();
    String id = "0197f0aa".repeat(4);
    try (Governance governance =
        Governance.open(
            new GovernanceSettings(
                home(),
                new PassphraseSource(passphrase(), PassphraseSource.Origin.GENERATED),
                "candor test",
                InstantSource.system()))) {
      DecisionStarted before = DecisionStarted.of(governance.ledger().entry(0));
      governance.ledger().append(interrupted(id, before.input()).entry());
    }
    CommandRun receipt = run("receipt", id);
    assertThat(receipt.exitCode()).as(receipt.err()).isEqualTo(1);
    assertThat(receipt.out()).containsPattern("began +entry 2").containsPattern("ended +not: ");
    assertThat(run("stop", id, "--reason", "too long").exitCode()).isZero();
    assertThat(run("stop", "--all", "--reason", "fire").exitCode()).isZero();
    JsonNode stops = json(run("receipt", id, "--json")).path("stops");
    assertThat(stops).hasSize(2);
    assertThat(json(run("receipt", done, "--json")).path("stops")).isEmpty();
    Path bundle = folder.resolve("a.tlog-proof");
    assertThat(run("receipt", id, "--bundle", bundle.toString()).exitCode()).isEqualTo(1);
    assertThat(bundle).doesNotExist();
    assertThat(index(folder.resolve("a.tlog-proof.start"))).isEqualTo(2);
  }

  private static DecisionStarted interrupted(String id, Commitment input) {
    return new DecisionStarted(
        id,
        1,
        Optional.empty(),
        "anna",
        "assistance",
        Optional.empty(),
        OptionalLong.empty(),
        "ab".repeat(32),
        "local-work",
        "generate",
        "llama3-tiny",
        "ab".repeat(32),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "i8-blocks32",
        "scalar",
        "candor test",
        "F16",
        2048,
        3,
        input);
  }

  @Test
  void aReplayThatComputesNothingFails() throws Exception {
    String decision = ask();
    // The record has the name of the model's folder, which is not in the store.
    CommandRun vain = run("replay", "--all", "--json");
    assertThat(vain.exitCode()).as(vain.out() + vain.err()).isEqualTo(1);
    assertThat(json(vain).path("checked").asInt()).isZero();
    assertThat(json(vain).path("missing").asInt()).isEqualTo(1);
    CommandRun same = run("replay", "--all", "--model", MODEL, "--json");
    assertThat(same.exitCode()).as(same.out() + same.err()).isZero();
    assertThat(json(same).path("same").asInt()).isEqualTo(1);
    assertThat(run("audit", "erase", "--decision", decision, "--basis", "a mistake").exitCode())
        .isZero();
    CommandRun erased = run("replay", "--all", "--model", MODEL, "--json");
    assertThat(erased.exitCode()).as(erased.out() + erased.err()).isZero();
    assertThat(json(erased).path("missing").asInt()).isZero();
  }

  @Test
  void aChatAboutSomebodyIsNotKeptInClear() throws Exception {
    Process chat =
        CandorProcess.start(
            home(), List.of("chat", "--model", MODEL, "--subject", "customer-17", "--json"));
    chat.getOutputStream().write("/save monday\n".getBytes(UTF_8));
    chat.getOutputStream().close();
    String out = new String(chat.getInputStream().readAllBytes(), UTF_8);
    assertThat(chat.waitFor()).isEqualTo(1);
    assertThat(out).contains("\"chat.subject\"");
    assertThat(home().resolve("states")).doesNotExist();
    assertThat(home().resolve("chat-history")).doesNotExist();
  }
}
