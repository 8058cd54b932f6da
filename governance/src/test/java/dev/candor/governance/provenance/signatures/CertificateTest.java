package dev.candor.governance.provenance.signatures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.provenance.attestations.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Signatures by certificates that the JDK's keytool has made. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CertificateTest {

  private static final String PASSWORD = "for-this-test";

  @TempDir private static Path folder = Path.of("");

  private KeyStore keys = empty();

  private static KeyStore empty() {
    try {
      return KeyStore.getInstance("PKCS12");
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  void makeCertificates() throws Exception {
    keytool("-genkeypair -alias root -dname CN=root -ext bc:c=ca:true -ext ku:c=keyCertSign");
    keytool("-genkeypair -alias signer -signer root -dname CN=signer -ext ku:c=digitalSignature");
    keytool(
        "-genkeypair -alias server -signer root -dname CN=server -ext ku:c=keyAgreement"
            + " -ext eku=serverAuth");
    try (var in = Files.newInputStream(folder.resolve("keys.p12"))) {
      keys.load(in, PASSWORD.toCharArray());
    }
    Files.writeString(folder.resolve("model.bin"), "weights");
  }

  private static void keytool(String arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30"));
    command.addAll(
        List.of("-keystore", folder.resolve("keys.p12").toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }

  private List<X509Certificate> chain(String alias) throws GeneralSecurityException {
    return List.of(keys.getCertificateChain(alias)).stream()
        .map(X509Certificate.class::cast)
        .toList();
  }

  private SigningKey key(String alias) throws GeneralSecurityException {
    return SigningKey.of(
        new KeyPair(
            keys.getCertificate(alias).getPublicKey(),
            (PrivateKey) keys.getKey(alias, PASSWORD.toCharArray())));
  }

  private SignatureBundle signed(String alias) throws GeneralSecurityException {
    SignatureBundle bundle =
        ModelSignatures.sign(
                folder.resolve("model.bin"), key(alias), chain(alias), SigningScope.ofAllFiles())
            .bundle();
    return SignatureBundle.parse(bundle.json());
  }

  private static VerifiedModel verify(SignatureBundle bundle, X509Certificate root, Instant at) {
    return ModelSignatures.verify(
        folder.resolve("model.bin"),
        bundle,
        new Trust.Roots(Set.of(root), at),
        new VerificationScope(List.of(), List.of(), false));
  }

  @Test
  void aChainToARootIsBelieved() throws GeneralSecurityException {
    X509Certificate root = chain("root").getFirst();
    VerifiedModel verified = verify(signed("signer"), root, Instant.now());
    assertThat(verified.certificate()).contains("CN=signer");
    assertThat(verified.signer()).isEqualTo(key("signer").publicKey());
    // A certificate that is believed as it is.
    X509Certificate itself = chain("signer").getFirst();
    assertThat(verify(signed("signer"), itself, Instant.now()).certificate()).contains("CN=signer");
  }

  @Test
  void whatDoesNotVouchIsNot() throws GeneralSecurityException {
    X509Certificate root = chain("root").getFirst();
    Instant now = Instant.now();
    refused(() -> verify(signed("signer"), chain("server").getFirst(), now));
    refused(() -> verify(signed("signer"), root, now.plus(Duration.ofDays(31))));
    refused(() -> verify(signed("signer"), root, now.minus(Duration.ofDays(1))));
    refused(
        () -> verify(signed("signer"), chain("signer").getFirst(), now.plus(Duration.ofDays(31))));
    refused(() -> verify(signed("server"), root, now));
    refused(() ->
        ModelSignatures.sign(
            folder.resolve("model.bin"),
            key("server"),
            chain("signer"),
            SigningScope.ofAllFiles()));
    SignatureBundle swapped =
        new SignatureBundle(signed("signer").material(), signed("server").envelope());
    assertThatThrownBy(() -> verify(swapped, root, now))
        .isInstanceOfSatisfying(
            GovernanceException.class,
            e -> assertThat(e.code()).isEqualTo("governance.signature-invalid"));
  }

  private interface Step {
    void run() throws GeneralSecurityException;
  }

  private static void refused(Step step) {
    assertThatThrownBy(step::run)
        .isInstanceOfSatisfying(
            GovernanceException.class,
            e -> assertThat(e.code()).isEqualTo("governance.signature-certificate"));
  }
}
