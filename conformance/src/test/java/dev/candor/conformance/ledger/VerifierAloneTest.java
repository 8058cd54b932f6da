package dev.candor.conformance.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.NoteSigners;
import dev.candor.ledger.storage.Ledger;
import dev.candor.ledger.storage.LedgerSettings;
import dev.candor.ledger.verification.VerifierMain;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An auditor has the ledger's classes and the smallest JDK: no other jar, no other module. */
class VerifierAloneTest {

  @TempDir private Path home = Path.of("");

  @Test
  void verifiesWithTheBaseOfTheJdkAlone()
      throws IOException, InterruptedException, NoSuchAlgorithmException, URISyntaxException {
    String origin = "example.com/ledger";
    List<NoteSigner> signers =
        List.of(
            NoteSigners.ed25519(origin, KeyPairGenerator.getInstance("Ed25519").generateKeyPair()),
            NoteSigners.mlDsa44(
                origin, KeyPairGenerator.getInstance("ML-DSA-44").generateKeyPair()));
    Path folder = home.resolve("ledger");
    Path receipt = home.resolve("receipt.tlog-proof");
    try (Ledger ledger = Ledger.open(folder, new LedgerSettings(origin, () -> signers))) {
      for (int i = 0; i < 5; i++) {
        ledger.append(new Entry("note", Map.of("number", Integer.toString(i))));
      }
      Files.write(receipt, ledger.bundle(3).form());
    }
    String vkey = signers.getFirst().key().vkey();
    assertThat(run("ledger", folder.toString(), "--vkey", vkey)).isEqualTo("0 all is well");
    assertThat(run("bundle", receipt.toString(), "--vkey", vkey)).isEqualTo("0 all is well");
    Path file = folder.resolve("entries/000");
    byte[] bytes = Files.readAllBytes(file);
    bytes[20] ^= 1;
    Files.write(file, bytes);
    assertThat(run("ledger", folder.toString(), "--vkey", vkey)).isEqualTo("1 NOT well");
  }

  private static String run(String... arguments)
      throws IOException, InterruptedException, URISyntaxException {
    Path classes =
        Path.of(VerifierMain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--limit-modules",
                "java.base",
                "-Xmx64m",
                "-cp",
                classes.toString(),
                VerifierMain.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    int status = process.waitFor();
    return status + " " + output.lines().reduce((first, last) -> last).orElse("");
  }
}
