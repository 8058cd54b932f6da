package dev.candor.ledger.verification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.notes.LogProof;
import dev.candor.ledger.storage.Ledger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class VerifierMainTest {

  @TempDir private Path home = Path.of("");

  private record Run(int status, String out, String err) {}

  private static Run run(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        VerifierMain.run(
            List.of(arguments).stream().map(Object::toString).toList(),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    for (byte[] bytes : List.of(out.toByteArray(), err.toByteArray())) {
      for (byte b : bytes) {
        assertThat(b == '\n' || (b >= 0x20 && b <= 0x7E)).isTrue();
      }
    }
    return new Run(status, out.toString(UTF_8), err.toString(UTF_8));
  }

  private Path keys(int from, int to) throws IOException {
    Path file = home.resolve("keys");
    Files.writeString(
        file,
        String.join(
                "\n", TestLedger.KEYS.subList(from, to).stream().map(key -> key.vkey()).toList())
            + "\n");
    return file;
  }

  @Test
  void aRevokedKeyIsSaidOnTheCommandLine() throws IOException {
    Path folder = home.resolve("ledger");
    TestLedger.write(folder, 3, TestLedger.SIGNERS);
    Path seen = Files.copy(folder.resolve("checkpoint"), home.resolve("seen"));
    Path keys = keys(0, 2);
    Run all = run("ledger", folder, "--vkey", keys, "--revoked", keys);
    assertThat(all.status()).isEqualTo(1);
    assertThat(all.out()).contains("(key-revoked)");
    assertThat(run("ledger", folder, "--vkey", keys, "--revoked", keys, "--against", seen).status())
        .isZero();
    Path bundle = home.resolve("bundle");
    try (Ledger ledger = TestLedger.open(folder, TestLedger.SIGNERS)) {
      Files.write(bundle, ledger.bundle(1).form());
    }
    assertThat(run("bundle", bundle, "--vkey", keys).status()).isZero();
    Run proof = run("bundle", bundle, "--vkey", keys, "--revoked", keys);
    assertThat(proof.status()).isEqualTo(1);
    assertThat(proof.out()).contains("(key-revoked)");
  }

  @Test
  void aLedger() throws IOException {
    Path folder = home.resolve("ledger");
    TestLedger.write(folder, 300, TestLedger.SIGNERS);
    Run well = run("ledger", folder, "--vkey", keys(0, 2));
    assertThat(well.status()).isZero();
    assertThat(well.out())
        .contains("entries       300\n")
        .contains("checkpoint    300 entries of example.com/ledger\n")
        .contains(TestLedger.KEYS.getFirst() + " (Ed25519)")
        .endsWith("all is well\n");
    assertThat(run("ledger", folder).out()).contains("whose it is is not (keys-own)");

    Path copy = home.resolve("seen");
    Files.copy(folder.resolve("checkpoint"), copy);
    assertThat(run("ledger", folder, "--against", copy).status()).isZero();

    byte[] bytes = Files.readAllBytes(folder.resolve("entries/000"));
    bytes[10] ^= 1;
    Files.write(folder.resolve("entries/000"), bytes);
    Run wrong = run("ledger", folder, "--vkey", TestLedger.KEYS.getFirst().vkey());
    assertThat(wrong.status()).isEqualTo(1);
    assertThat(wrong.out()).contains("WRONG entry 0, entries/000, byte 3: ").endsWith("NOT well\n");

    JsonNode json = new ObjectMapper().readTree(run("ledger", folder, "--json").out());
    assertThat(json.get("well").asBoolean()).isFalse();
    assertThat(json.get("entries").asLong()).isEqualTo(300);
    JsonNode finding = json.get("findings").get(0);
    assertThat(finding.get("code").asString()).isEqualTo("entry-altered");
    assertThat(finding.get("severity").asString()).isEqualTo("wrong");
    assertThat(finding.get("firstEntry").asLong()).isZero();
    assertThat(finding.get("file").asString()).isEqualTo("entries/000");
    assertThat(finding.get("offset").asLong()).isEqualTo(3);
  }

  @Test
  void aReceipt() throws IOException {
    Path folder = home.resolve("ledger");
    TestLedger.write(folder, 300, TestLedger.SIGNERS);
    Path receipt = home.resolve("receipt.tlog-proof");
    Path entry = home.resolve("entry");
    LogProof bundle;
    try (Ledger ledger = TestLedger.open(folder, TestLedger.SIGNERS)) {
      bundle = ledger.bundle(17);
      Files.write(receipt, bundle.form());
      Files.write(entry, ledger.bytes(17));
    }
    Run well = run("bundle", receipt, "--vkey", keys(0, 2));
    assertThat(well.out()).contains("entry 17 of 300, of kind note, was logged");
    assertThat(well.status()).isZero();
    assertThat(run("bundle", receipt, "--vkey", keys(0, 2), "--entry", entry).status()).isZero();
    assertThat(run("bundle", receipt).out()).contains("(keys-missing)");
    assertThat(run("bundle", receipt).status()).isEqualTo(1);

    Files.writeString(entry, "candor/1 note\nnumber 18\n");
    Run other = run("bundle", receipt, "--vkey", keys(0, 1), "--entry", entry);
    assertThat(other.out()).contains("(proof-inclusion)");
    assertThat(other.status()).isEqualTo(1);

    byte[] form = bundle.form();
    form[40] = (byte) (form[40] == 'A' ? 'B' : 'A');
    Files.write(receipt, form);
    assertThat(run("bundle", receipt, "--vkey", keys(0, 1)).status()).isEqualTo(1);
    Files.write(receipt, new byte[0]);
    assertThat(run("bundle", receipt, "--vkey", keys(0, 1)).out()).contains("(proof-malformed)");
  }

  @Test
  void anExport() throws IOException {
    Path folder = home.resolve("export");
    TestExport.write(folder, List.of(TestLedger.note(1).bytes()), TestLedger.SIGNERS);
    // A note without its stamp is in form, but the ledger stamps every entry.
    Run run = run("export", folder, "--vkey", keys(0, 2));
    assertThat(run.out()).contains("entry 0, tile/entries/000.p/1, byte 2: ");
    assertThat(run.out()).contains("(stamp-missing)");
    assertThat(run.status()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ledger",
        "ledger a b",
        "folder .",
        "ledger . --strange",
        "ledger . --vkey",
        "ledger . --vkey nonsense",
        "ledger . --against missing",
        "ledger . --policy missing",
        "ledger missing",
        "export missing",
        "bundle missing --vkey example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "ledger \u001b[2J\u202e"
      })
  void whatCannotBeVerifiedSaysWhy(String line) {
    Run run = run((Object[]) line.split(" ", -1));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("candor-verify: ").endsWith(".\n");
  }

  @Test
  void help() {
    Run run = run("--help");
    assertThat(run.status()).isZero();
    assertThat(run.out()).startsWith("usage: java -jar candor-verify.jar ledger DIR|");
  }
}
