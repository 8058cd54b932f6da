package dev.candor.ledger.notes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.LedgerException;
import java.security.KeyPair;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifierKeyTest {

  private static final String FOO =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

  @Test
  void keysComeBack() {
    for (NoteSigner signer :
        List.of(
            TestKeys.ed25519("example.com/log"),
            TestKeys.mlDsa44("example.com/log"),
            TestKeys.ed25519Witness("witness.example/ü"),
            TestKeys.mlDsa44Witness("oid/1.2.3"))) {
      assertThat(VerifierKey.parse(signer.key().vkey())).isEqualTo(signer.key());
    }
  }

  @Test
  void alteredKeysAreRefused() {
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < 3_000; i++) {
      String altered = new String(SignedNoteTest.altered(FOO.getBytes(UTF_8), random), UTF_8);
      if (!altered.equals(FOO)) {
        assertThatThrownBy(() -> VerifierKey.parse(altered))
            .as(altered)
            .isInstanceOf(LedgerException.class)
            .extracting("code")
            .isEqualTo("ledger.key-malformed");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "++",
        "example.com/foo",
        "example.com/foo+530d903a",
        "example.com/foo+530d903a+",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=",
        "example.com foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        // Of golang.org/x/mod, sumdb/note: a key too long, and a type that there is not.
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
      })
  void refusesWhatItWouldNotWrite(String vkey) {
    assertThatThrownBy(() -> VerifierKey.parse(vkey))
        .isInstanceOf(LedgerException.class)
        .extracting("code")
        .isEqualTo("ledger.key-malformed");
  }

  /** Under these, 64 bytes that anyone can write down verify for some or all texts. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        // No point of the curve, and two that have a shorter form.
        "0200000000000000000000000000000000000000000000000000000000000000",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      })
  void refusesKeysThatProveNothing(String key) {
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> new VerifierKey("a", SignatureType.ED25519, HexFormat.of().parseHex(key)))
        .matches(e -> e.code().equals("ledger.key-malformed"));
  }

  @Test
  void refusesNamesThatDoNotFit() {
    byte[] key = VerifierKey.parse(FOO).key();
    assertThat(new VerifierKey("é".repeat(127), SignatureType.ED25519, key).name()).hasSize(127);
    for (String name : List.of("", "a b", "a+b", "a\tb", "é".repeat(128), "x".repeat(256))) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> new VerifierKey(name, SignatureType.ED25519, key));
    }
  }

  @Test
  void keysOfTwoPairsSignNothing() {
    KeyPair one = TestKeys.pair("Ed25519", "one");
    KeyPair other = TestKeys.pair("Ed25519", "other");
    assertThatThrownBy(
            () -> NoteSigners.ed25519("a", new KeyPair(one.getPublic(), other.getPrivate())))
        .extracting("code")
        .isEqualTo("ledger.key-pair");
    assertThatThrownBy(() -> NoteSigners.mlDsa44("a", one))
        .extracting("code")
        .isEqualTo("ledger.key-malformed");
    assertThatThrownBy(() ->
            NoteSigners.ed25519(
                "a", new KeyPair(one.getPublic(), TestKeys.pair("ML-DSA-44", "x").getPrivate())))
        .extracting("code")
        .isEqualTo("ledger.key-pair");
  }

  @Test
  void namesTellNoLies() {
    VerifierKey key =
        new VerifierKey("a\u202eb\u009b2J", SignatureType.ED25519, VerifierKey.parse(FOO).key());
    assertThat(key.toString()).startsWith("a\\u{202E}b\\u{9B}2J+");
  }
}
