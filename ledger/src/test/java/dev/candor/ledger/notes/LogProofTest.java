package dev.candor.ledger.notes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.HashSource;
import dev.candor.ledger.merkle.InclusionProof;
import dev.candor.ledger.merkle.MerkleRoot;
import dev.candor.ledger.merkle.TreeHash;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogProofTest {

  private static final String ORIGIN = "example.com/log";
  private static final NoteSigner LOG = TestKeys.ed25519(ORIGIN);
  private static final NoteSigner WITNESS = TestKeys.mlDsa44Witness("w1.example");
  private static final int SIZE = 13;
  private static final HashSource TREE = LogProofTest::hash;
  private static final WitnessPolicy POLICY =
      WitnessPolicy.parse(
          ("log " + LOG.key().vkey() + "\nwitness w " + WITNESS.key().vkey() + "\nquorum w\n")
              .getBytes(UTF_8));

  private static byte[] hash(int level, long index) {
    return level == 0
        ? TreeHash.leaf(entry(index))
        : TreeHash.node(hash(level - 1, 2 * index), hash(level - 1, 2 * index + 1));
  }

  private static byte[] entry(long index) {
    return ("entry " + index).getBytes(UTF_8);
  }

  private static LogProof proof(long index, String extra) {
    Checkpoint checkpoint = new Checkpoint(ORIGIN, SIZE, MerkleRoot.of(SIZE, TREE));
    SignedNote note = new SignedNote(checkpoint.text()).signedBy(List.of(LOG, WITNESS));
    return new LogProof(extra.getBytes(UTF_8), InclusionProof.of(index, SIZE, TREE), note);
  }

  @Test
  void proofsComeBackAndHold() {
    for (int index = 0; index < SIZE; index++) {
      LogProof proof = proof(index, index % 2 == 0 ? "" : "a name");
      LogProof parsed = LogProof.parse(proof.form());
      assertThat(parsed).isEqualTo(proof);
      WitnessPolicy.Accepted accepted = parsed.verify(TreeHash.leaf(entry(index)), POLICY);
      assertThat(accepted.checkpoint().size()).isEqualTo(SIZE);
      assertThat(accepted.logs()).containsExactly(LOG.key());
      assertThat(accepted.witnesses()).containsExactly(WITNESS.key());
      assertThatThrownBy(() -> parsed.verify(TreeHash.leaf(entry(99)), POLICY))
          .extracting("code")
          .isEqualTo("ledger.proof-inclusion");
    }
  }

  @Test
  void readsAsLines() {
    String form = new String(proof(4, "x").form(), UTF_8);
    assertThat(form).startsWith("c2sp.org/tlog-proof@v1\nextra eA==\nindex 4\n");
    assertThat(form.substring(form.indexOf("\n\n") + 2)).startsWith(ORIGIN + "\n13\n");
    assertThat(new String(proof(4, "").form(), UTF_8))
        .startsWith("c2sp.org/tlog-proof@v1\nindex 4\n");
  }

  /** Abuse case A33: what is altered is refused, or it is a stranger's signature or extra data. */
  @Test
  void alteredBytesAreRefused() {
    LogProof proof = proof(5, "extra");
    byte[] form = proof.form();
    byte[] leaf = TreeHash.leaf(entry(5));
    // The first 700 bytes are all but most of the long signature.
    int front = 700;
    SplittableRandom random = new SplittableRandom(5);
    int held = 0;
    for (int i = 0; i < 4_000; i++) {
      byte[] head = SignedNoteTest.altered(Arrays.copyOf(form, front), random);
      byte[] altered = Arrays.copyOf(head, head.length + form.length - front);
      System.arraycopy(form, front, altered, head.length, form.length - front);
      if (Arrays.equals(altered, form)) {
        continue;
      }
      try {
        LogProof parsed = LogProof.parse(altered);
        assertThat(parsed.form()).isEqualTo(altered);
        parsed.verify(leaf, POLICY);
        held++;
        assertThat(parsed.proof()).isEqualTo(proof.proof());
        assertThat(parsed.checkpoint()).isEqualTo(proof.checkpoint());
        assertThat(parsed.extra()).isNotEqualTo(proof.extra());
      } catch (LedgerException e) {
        assertThat(e.code()).startsWith("ledger.");
      }
    }
    assertThat(held).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "index 5|index 05|proof-malformed",
        "index 5|index  5|proof-malformed",
        "index 5|index -5|proof-malformed",
        "index 5|index 9223372036854775808|proof-malformed",
        "index 5|index 13|tree-range",
        "index 5|Index 5|proof-malformed",
        "extra eA==|extra|proof-malformed",
        "extra eA==|extra eA|proof-malformed",
        "extra eA==|extra eB==|proof-malformed",
        "extra eA==|'extra eA== '|proof-malformed",
        "@v1|@v2|proof-malformed",
        "c2sp|\u00ef\u00bb\u00bfc2sp|proof-malformed"
      })
  void refusesWhatItWouldNotWrite(String text, String other, String reason) {
    String form = new String(proof(5, "x").form(), UTF_8);
    assertThat(form).contains(text);
    byte[] altered = form.replace(text, other).getBytes(UTF_8);
    assertThatThrownBy(() -> LogProof.parse(altered))
        .extracting("code")
        .isEqualTo("ledger." + reason);
  }

  @Test
  void refusesWhatIsTooMuch() {
    LogProof proof = proof(5, "x");
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() ->
            new LogProof(
                new byte[LogProof.MOST_EXTRA_BYTES + 1], proof.proof(), proof.checkpoint()))
        .withMessageContaining("1048577");
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> LogProof.parse(new byte[LogProof.MOST_BYTES + 1]))
        .withMessageContaining("3145729");
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(
            () -> new LogProof(new byte[0], InclusionProof.of(5, 12, TREE), proof.checkpoint()))
        .withMessageContaining("a tree of 12 entries, the checkpoint for 13");
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> LogProof.parse("c2sp.org/tlog-proof@v1\nindex 0\n".getBytes(UTF_8)))
        .withMessageContaining("empty line");
  }
}
