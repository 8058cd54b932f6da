package dev.candor.ledger.notes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.TreeHash;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

  /** The example of C2SP tlog-checkpoint and tlog-cosignature. */
  private static final String SOFA =
      """
      example.com/behind-the-sofa
      20852163
      CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

      — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
      — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
      """;

  @Test
  void theExampleReads() {
    SignedNote note = SignedNote.parse(SOFA.getBytes(UTF_8));
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    assertThat(checkpoint.origin()).isEqualTo("example.com/behind-the-sofa");
    assertThat(checkpoint.size()).isEqualTo(20_852_163);
    assertThat(checkpoint.root())
        .isEqualTo(Base64.getDecoder().decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="));
    assertThat(checkpoint.extensions()).isEmpty();
    assertThat(checkpoint.text()).isEqualTo(note.text());
    Cosignature cosignature = Cosignature.parse(note.signatures().getLast().bytes());
    assertThat(cosignature.seconds()).isEqualTo(1_679_315_147);
    assertThat(cosignature.bytes()).isEqualTo(note.signatures().getLast().bytes());
  }

  @Test
  void oneFormForEachCheckpoint() {
    String text =
        new Checkpoint("example.com/log", 17, TreeHash.empty(), List.of("a b", "c")).text();
    SplittableRandom random = new SplittableRandom(17);
    int read = 0;
    for (int i = 0; i < 10_000; i++) {
      String altered = new String(SignedNoteTest.altered(text.getBytes(UTF_8), random), UTF_8);
      try {
        assertThat(Checkpoint.parse(altered).text()).isEqualTo(altered);
        read++;
      } catch (LedgerException e) {
        assertThat(e.code()).isEqualTo("ledger.checkpoint-malformed");
      }
    }
    assertThat(read).isGreaterThan(500);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "a\n1\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n1 \nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n١\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n9223372036854775808\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n18446744073709551617\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n1\nAAAA\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nb\n",
        "a\r\n1\r\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\r\n"
      })
  void refusesWhatItWouldNotWrite(String text) {
    assertThatThrownBy(() -> Checkpoint.parse(text))
        .isInstanceOf(LedgerException.class)
        .extracting("code")
        .isEqualTo("ledger.checkpoint-malformed");
  }

  @Test
  void limits() {
    String root = Base64.getEncoder().encodeToString(TreeHash.empty());
    assertThat(Checkpoint.parse("a\n9223372036854775807\n" + root + "\n").size())
        .isEqualTo(Long.MAX_VALUE);
    assertThat(Checkpoint.parse("a\n0\n" + root + "\n").size()).isZero();
    assertThat(new Checkpoint("o".repeat(255), 0, TreeHash.empty()).origin()).hasSize(255);
    for (String origin : List.of("", "o".repeat(256), "é".repeat(128), "a\nb", "a\u001bb")) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> new Checkpoint(origin, 0, TreeHash.empty()));
    }
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> new Checkpoint("a", 0, TreeHash.empty(), Collections.nCopies(17, "x")))
        .withMessageContaining("17")
        .withMessageContaining("16");
  }

  /** Byte for byte as C2SP tlog-cosignature draws them. */
  @Test
  void whatCosignersSign() {
    Checkpoint checkpoint = Checkpoint.parse(SignedNote.parse(SOFA.getBytes(UTF_8)).text());
    byte[] text = checkpoint.text().getBytes(UTF_8);
    assertThat(Cosignature.message(TestKeys.ed25519Witness("w1").key(), 1_679_315_147, text))
        .asString(UTF_8)
        .isEqualTo(
            """
            cosignature/v1
            time 1679315147
            example.com/behind-the-sofa
            20852163
            CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
            """);
    HexFormat hex = HexFormat.of();
    assertThat(Cosignature.message(TestKeys.mlDsa44("w1").key(), 1_679_315_147, text))
        .isEqualTo(
            hex.parseHex(
                hex.formatHex("subtree/v1\n\0".getBytes(US_ASCII))
                    + "02"
                    + hex.formatHex("w1".getBytes(US_ASCII))
                    + "00000000641850cb"
                    + "1b"
                    + hex.formatHex("example.com/behind-the-sofa".getBytes(US_ASCII))
                    + "0000000000000000"
                    + "00000000013e2dc3"
                    + hex.formatHex(checkpoint.root())));
  }

  @Test
  void cosignaturesHoldForOneCheckpointAtOneTime() {
    Checkpoint checkpoint = new Checkpoint("example.com/log", 17, TreeHash.empty());
    for (NoteSigner signer :
        List.of(
            TestKeys.ed25519Witness("w1"),
            TestKeys.mlDsa44Witness("w1"),
            TestKeys.mlDsa44("example.com/log"))) {
      VerifierKey key = signer.key();
      byte[] text = checkpoint.text().getBytes(UTF_8);
      byte[] signature = signer.sign(text);
      assertThat(signature).hasSize(key.type().signatureBytes());
      assertThat(Cosignature.parse(signature).seconds())
          .isEqualTo(signer.name().equals("w1") ? TestKeys.CLOCK.instant().getEpochSecond() : 0);
      assertThat(key.verifies(text, signature)).isTrue();

      for (int at : new int[] {0, 3, 7, 8, 70, signature.length - 1}) {
        byte[] altered = signature.clone();
        altered[at] ^= 1;
        assertThat(key.verifies(text, altered)).isFalse();
      }
      byte[] past = signature.clone();
      past[0] ^= (byte) 0x80;
      assertThat(key.verifies(text, past)).isFalse();
      for (Checkpoint other :
          List.of(
              new Checkpoint("example.com/logs", 17, TreeHash.empty()),
              new Checkpoint("example.com/log", 18, TreeHash.empty()),
              new Checkpoint("example.com/log", 17, TreeHash.leaf(new byte[0])))) {
        assertThat(key.verifies(other.text().getBytes(UTF_8), signature)).isFalse();
      }
      VerifierKey renamed = new VerifierKey("w2", key.type(), key.key());
      assertThat(renamed.verifies(text, signature))
          .isEqualTo(key.type() == SignatureType.ED25519_COSIGNATURE);
      assertThat(key.verifies("no checkpoint\n".getBytes(UTF_8), signature)).isFalse();
      assertThatThrownBy(() -> signer.sign("no checkpoint\n".getBytes(UTF_8)))
          .extracting("code")
          .isEqualTo("ledger.checkpoint-malformed");
    }
  }

  /** ML-DSA-44 is not over extension lines, so a log's own signer does not pretend it were. */
  @Test
  void extensionLinesAndWhoSignsThem() {
    byte[] plain = new Checkpoint("example.com/log", 1, TreeHash.empty()).text().getBytes(UTF_8);
    byte[] extended =
        new Checkpoint("example.com/log", 1, TreeHash.empty(), List.of("x")).text().getBytes(UTF_8);
    assertThatThrownBy(() -> TestKeys.mlDsa44("example.com/log").sign(extended))
        .hasMessageContaining("extension lines");
    NoteSigner over = TestKeys.ed25519Witness("w1");
    assertThat(over.key().verifies(extended, over.sign(extended))).isTrue();
    assertThat(over.key().verifies(plain, over.sign(extended))).isFalse();
    NoteSigner beside = TestKeys.mlDsa44Witness("w1");
    assertThat(beside.key().verifies(plain, beside.sign(extended))).isTrue();
  }
}
