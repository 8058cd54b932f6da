package dev.candor.governance.provenance.attestations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.GovernanceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SigningKeyTest {

  /** openssl ecparam -genkey -name secp521r1 | openssl pkcs8 -topk8 -nocrypt; no use but this. */
  private static final String OPENSSL =
      """
      -----BEGIN PRIVATE KEY-----
      MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIAor6ijToLTKRRLJ91
      oJp5xSlI5BIgx5arAVUq4Lz81L8jzx07CTpjC7OewalceP95ZxSNi/WIt3aq3nTs
      A1NEW+mhgYkDgYYABABQGJYfxb6JprxI9n65La83LkJhhDty++Ule/mM4qay+Xw9
      qtFV+tQjP27AGT+sz3RMWpfDlMjiBS8peDMIgd0gNQFROAWBs2pu5kg2pfdEexPJ
      Zb80OFXuwEpZZaYufOGENV7p5XnPJyM2fP+CmXENvAcQNOregEtqCywSM0DGEcoB
      MA==
      -----END PRIVATE KEY-----
      """;

  /** Of that key: openssl pkey -pubout | sha256sum. */
  private static final String OPENSSL_FINGERPRINT =
      "7874a12dafdc68a45f4db06aab8e0f594e7d0da60af00199663390d3d7d4c987";

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Curve.class)
  void whatIsWrittenIsReadAgain(Curve curve) throws IOException {
    // Scalars whose first byte is 0 are one in 256, and have to be padded.
    for (int i = 0; i < 20; i++) {
      SigningKey key = SigningKey.generate(curve);
      Path file = folder.resolve("key" + i);
      Path beside = key.write(file);
      SigningKey read = SigningKey.parse(Files.readAllBytes(file));
      VerificationKey publicKey = VerificationKey.parse(Files.readAllBytes(beside));
      assertThat(publicKey).isEqualTo(key.publicKey()).isEqualTo(read.publicKey());
      assertThat(publicKey.curve()).isEqualTo(curve);
      byte[] message = {1, 2, 3};
      assertThat(publicKey.verifies(message, read.sign(message))).isTrue();
      assertThat(publicKey.verifies(new byte[] {1, 2}, read.sign(message))).isFalse();
      assertThat(publicKey.verifies(message, new byte[] {1})).isFalse();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("key0"))))
        .isEqualTo("rw-------");
  }

  @Test
  void keysOfOpenSslAreReadAndCalledTheSame() {
    SigningKey key = SigningKey.parse(OPENSSL.getBytes(StandardCharsets.US_ASCII));
    assertThat(key.publicKey().curve()).isEqualTo(Curve.P_521);
    assertThat(key.publicKey().fingerprint()).isEqualTo(OPENSSL_FINGERPRINT);
    assertThat(key.toString()).contains(OPENSSL_FINGERPRINT).hasSizeLessThan(80);
  }

  @Test
  void aKeyIsNeverOverwritten() throws IOException {
    Path file = folder.resolve("key");
    SigningKey.generate().write(file);
    byte[] before = Files.readAllBytes(file);
    refused("governance.key-exists", () -> write(SigningKey.generate(), file));
    Files.delete(folder.resolve("key.pub"));
    refused("governance.key-exists", () -> write(SigningKey.generate(), file));
    assertThat(file).hasBinaryContent(before);
    assertThat(folder.resolve("key.pub")).doesNotExist();
  }

  private static void write(SigningKey key, Path file) {
    try {
      key.write(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsNoKeyIsRefused() throws NoSuchAlgorithmException {
    refused("governance.key-malformed", () -> SigningKey.parse(new byte[0]));
    refused("governance.key-malformed", () -> VerificationKey.parse(new byte[0]));
    refused("governance.pem-malformed", () -> SigningKey.parse(new byte[2 << 20]));
    String text = OPENSSL.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    refused("governance.key-encrypted", () -> SigningKey.parse(ascii(text)));
    for (int cut = 40; cut < OPENSSL.length() - 40; cut += 7) {
      String damaged = OPENSSL.substring(0, cut) + "A" + OPENSSL.substring(cut + 2);
      assertThatThrownBy(() -> SigningKey.parse(ascii(damaged)))
          .isInstanceOf(GovernanceException.class);
    }
    KeyPairGenerator edwards = KeyPairGenerator.getInstance("Ed25519");
    refused(
        "governance.key-unsupported",
        () -> VerificationKey.of(edwards.generateKeyPair().getPublic()));
    byte[] bare = SigningKey.generate().publicKey().key().getEncoded();
    refused(
        "governance.key-malformed",
        () -> SigningKey.parse(ascii(new Pem("PRIVATE KEY", bare).text())));
    KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
    byte[] withoutPublic = curve.generateKeyPair().getPrivate().getEncoded();
    refused(
        "governance.key-without-public",
        () -> SigningKey.parse(ascii(new Pem("PRIVATE KEY", withoutPublic).text())));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void refused(String code, Runnable step) {
    assertThatThrownBy(step::run)
        .isInstanceOfSatisfying(
            GovernanceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
