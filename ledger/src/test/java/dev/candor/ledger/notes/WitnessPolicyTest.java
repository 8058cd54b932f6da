package dev.candor.ledger.notes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.TreeHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WitnessPolicyTest {

  private static final String ORIGIN = "example.com/log";
  private static final NoteSigner LOG = TestKeys.ed25519(ORIGIN);
  private static final NoteSigner LOG_2 = TestKeys.mlDsa44(ORIGIN);
  private static final List<String> NAMES = List.of("X1", "X2", "X3", "Y1", "Y2", "Y3");

  private static NoteSigner witness(String name) {
    return name.startsWith("X") ? TestKeys.ed25519Witness(name) : TestKeys.mlDsa44Witness(name);
  }

  /** The example of C2SP tlog-policy, with keys. */
  private static String example() {
    StringBuilder policy = new StringBuilder("# who may speak\n\n");
    policy.append("log ").append(LOG.key().vkey()).append("\n \t\n");
    for (String name : NAMES) {
      policy.append("witness ").append(name).append(" \t").append(witness(name).key().vkey());
      policy.append(name.equals("X2") ? "  https://x2.example/ \n" : "\n");
    }
    return policy
        + """
        group X-witnesses 2 X1 X2 X3
          # indented
        group Y-witnesses any Y1 Y2 Y3
        group X-and-Y all X-witnesses Y-witnesses
        quorum X-and-Y
        """;
  }

  private static SignedNote checkpoint(List<NoteSigner> signers) {
    return new SignedNote(new Checkpoint(ORIGIN, 0, TreeHash.empty()).text()).signedBy(signers);
  }

  @Test
  void everySetOfWitnessesOfTheExample() {
    WitnessPolicy policy = WitnessPolicy.parse(example().getBytes(UTF_8));
    assertThat(policy.logs()).containsExactly(new WitnessPolicy.Log(LOG.key(), Optional.empty()));
    assertThat(policy.witnesses()).hasSize(6);
    for (int set = 0; set < 64; set++) {
      List<NoteSigner> signers = new ArrayList<>(List.of(LOG));
      for (int i = 0; i < 6; i++) {
        if ((set >> i & 1) == 1) {
          signers.add(witness(NAMES.get(i)));
        }
      }
      SignedNote note = checkpoint(signers);
      if (Integer.bitCount(set & 7) >= 2 && set >> 3 != 0) {
        WitnessPolicy.Accepted accepted = policy.check(note);
        assertThat(accepted.checkpoint().origin()).isEqualTo(ORIGIN);
        assertThat(accepted.witnesses()).hasSize(Integer.bitCount(set));
      } else {
        assertThatThrownBy(() -> policy.check(note)).extracting("code").isEqualTo("ledger.quorum");
      }
    }
  }

  @Test
  void aLogSpeaksForItselfAlone() {
    WitnessPolicy policy =
        WitnessPolicy.of(List.of(LOG.key(), TestKeys.ed25519("example.com/other").key()));
    assertThat(policy.check(checkpoint(List.of(LOG))).logs()).containsExactly(LOG.key());
    // Another log's signature is not this log's, though its key is known.
    assertThatThrownBy(
            () -> policy.check(checkpoint(List.of(TestKeys.ed25519("example.com/other")))))
        .extracting("code")
        .isEqualTo("ledger.note-unverified");
    SignedNote stranger =
        new SignedNote(new Checkpoint("example.com/3", 0, TreeHash.empty()).text())
            .signedBy(List.of(LOG));
    assertThatThrownBy(() -> policy.check(stranger))
        .extracting("code")
        .isEqualTo("ledger.log-unknown");
    assertThatThrownBy(() -> policy.check(new SignedNote("text\n").signedBy(List.of(LOG))))
        .extracting("code")
        .isEqualTo("ledger.checkpoint-malformed");
    assertThatThrownBy(() -> WitnessPolicy.of(List.of()).check(checkpoint(List.of(LOG))))
        .extracting("code")
        .isEqualTo("ledger.log-unknown");
    WitnessPolicy both = WitnessPolicy.of(List.of(LOG.key(), LOG_2.key()));
    assertThat(both.check(checkpoint(List.of(LOG_2, LOG))).logs())
        .containsExactly(LOG_2.key(), LOG.key());
  }

  @Test
  void aForgedCosignatureRefusesTheCheckpoint() {
    WitnessPolicy policy = WitnessPolicy.parse(example().getBytes(UTF_8));
    SignedNote note = checkpoint(List.of(LOG, witness("X1"), witness("X2"), witness("Y1")));
    VerifierKey x3 = witness("X3").key();
    List<SignedNote.Signature> signatures = new ArrayList<>(note.signatures());
    signatures.add(new SignedNote.Signature("X3", x3.id(), new byte[72]));
    assertThatThrownBy(() -> policy.check(new SignedNote(note.text(), signatures)))
        .extracting("code")
        .isEqualTo("ledger.note-signature");
  }

  @Test
  void namesAreOctets() {
    String vkey = witness("X1").key().vkey();
    byte[] policy =
        ("witness \u00e9\u00ff " + vkey + "\nquorum \u00e9\u00ff\n").getBytes(ISO_8859_1);
    assertThat(WitnessPolicy.parse(policy).quorum()).isInstanceOf(Quorum.Witness.class);
    VerifierKey unicode = TestKeys.ed25519Witness("wítness.example").key();
    assertThat(
            WitnessPolicy.parse(("witness w " + unicode.vkey() + "\nquorum w\n").getBytes(UTF_8))
                .witnesses()
                .getFirst()
                .key())
        .isEqualTo(unicode);
  }

  @ParameterizedTest
  @CsvSource({
    "'quorum X-and-Y\n', ''",
    "'quorum X-and-Y\n', 'quorum X-and-Z\n'",
    "'quorum X-and-Y\n', 'quorum X-and-Y\nquorum none\n'",
    "'quorum X-and-Y\n', 'quorum X-and-Y'",
    "'quorum X-and-Y\n', 'quorum\n'",
    "'quorum X-and-Y\n', 'quorum X-and-Y X1\n'",
    "2 X1, 0 X1",
    "2 X1, 4 X1",
    "2 X1, -2 X1",
    "2 X1, 02 X1",
    "2 X1, 18446744073709551618 X1",
    "2 X1, most X1",
    "2 X1 X2 X3, 2",
    "2 X1 X2 X3, 2 X1 X1 X3",
    "2 X1 X2 X3, 2 X1 X2 X4",
    "2 X1 X2 X3, 2 X1 X2 none",
    "any Y1, any X1",
    "group Y-witnesses, group X-witnesses",
    "group Y-witnesses, group Y1",
    "group Y-witnesses, group none",
    "witness X1, witness none",
    "witness X1, witness X2",
    "witness X1, witnes X1",
    "log example, log https://log.example/ example",
    "# who, '# \u0000 who'",
    "# who, '# \r who'",
    "# who, who"
  })
  void refusesWhatMeansNothing(String text, String other) {
    assertThat(example()).contains(text);
    byte[] altered = example().replace(text, other).getBytes(UTF_8);
    assertThatThrownBy(() -> WitnessPolicy.parse(altered))
        .isInstanceOf(LedgerException.class)
        .extracting("code")
        .isEqualTo("ledger.policy-malformed");
  }

  @Test
  void refusesKeysOfAnotherUse() {
    for (String line :
        List.of(
            "log " + witness("X1").key().vkey(),
            "witness w " + LOG.key().vkey(),
            "log " + LOG.key().vkey() + "\nlog " + LOG.key().vkey(),
            "witness v " + witness("Y1").key().vkey() + "\nwitness w " + witness("Y1").key().vkey(),
            "log nonsense")) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> WitnessPolicy.parse((line + "\nquorum none\n").getBytes(UTF_8)))
          .withMessageContaining("line " + line.lines().count());
    }
    // The same public key under two names is still one witness.
    VerifierKey y1 = witness("Y1").key();
    VerifierKey again = new VerifierKey("other", y1.type(), y1.key());
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() ->
            WitnessPolicy.parse(
                ("witness v " + y1.vkey() + "\nwitness w " + again.vkey() + "\nquorum v\n")
                    .getBytes(UTF_8)))
        .withMessageContaining("line 2");
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 257})
  void limits(int groups) {
    StringBuilder policy =
        new StringBuilder("witness w " + witness("X1").key().vkey() + "\ngroup g0 all w\n");
    for (int i = 1; i < groups; i++) {
      policy.append("group g").append(i).append(" 1 g").append(i - 1).append('\n');
    }
    byte[] file =
        policy.append("quorum g").append(groups - 1).append('\n').toString().getBytes(UTF_8);
    if (groups == 256) {
      assertThat(WitnessPolicy.parse(file).quorum()).isInstanceOf(Quorum.Group.class);
    } else {
      assertThatThrownBy(() -> WitnessPolicy.parse(file)).hasMessageContaining("256 groups");
    }
    assertThatThrownBy(() -> WitnessPolicy.parse(new byte[WitnessPolicy.MOST_BYTES + 1]))
        .hasMessageContaining("1048577");
  }
}
