package dev.candor.ledger.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.keys.KeyRotation;
import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.NoteSigners;
import dev.candor.ledger.notes.VerifierKey;
import dev.candor.ledger.storage.Ledger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which keys may speak for a log: as its entries hand them on, and as who verifies says. */
class KeyChainTest {

  @TempDir private Path home = Path.of("");

  /** A key pair of a log: Ed25519 and ML-DSA-44. */
  private record Keys(KeyPair ed25519, KeyPair mlDsa44) {
    static Keys make() {
      return new Keys(TestLedger.pair("Ed25519"), TestLedger.pair("ML-DSA-44"));
    }

    List<NoteSigner> signers() {
      return List.of(
          NoteSigners.ed25519(TestLedger.ORIGIN, ed25519),
          NoteSigners.mlDsa44(TestLedger.ORIGIN, mlDsa44));
    }

    List<VerifierKey> keys() {
      return signers().stream().map(NoteSigner::key).toList();
    }

    KeyRotation.LogVkeys vkeys() {
      return new KeyRotation.LogVkeys(keys().get(0).vkey(), keys().get(1).vkey());
    }

    /** Signed as the documentation of {@link KeyRotation} says. */
    KeyRotation rotateTo(Keys next) {
      byte[] text =
          String.format(
                  "candor-key-rotation/1\nold %s\nold %s\nnew %s\nnew %s\n",
                  vkeys().ed25519(),
                  vkeys().mlDsa44(),
                  next.vkeys().ed25519(),
                  next.vkeys().mlDsa44())
              .getBytes(StandardCharsets.UTF_8);
      return new KeyRotation(
          vkeys(), next.vkeys(), sign("Ed25519", ed25519, text), sign("ML-DSA-44", mlDsa44, text));
    }

    private static byte[] sign(String algorithm, KeyPair pair, byte[] text) {
      try {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(pair.getPrivate());
        signature.update(text);
        return signature.sign();
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }
  }

  private VerificationReport rotated(
      List<VerifierKey> trusted, List<NoteSigner> by, Entry... entries) {
    try (Ledger ledger = TestLedger.open(home, by)) {
      for (Entry entry : entries) {
        ledger.append(entry);
      }
      ledger.checkpoint();
    }
    return new LedgerVerifier(new Trust(trusted, List.of(), Optional.empty())).ledger(home);
  }

  /** Abuse case A44: who has the first keys can follow the log to its last ones. */
  @Test
  void trustFollowsSignedRotations() {
    Keys first = Keys.make();
    Keys second = Keys.make();
    Keys third = Keys.make();
    VerificationReport report =
        rotated(
            first.keys(),
            third.signers(),
            TestLedger.note(1),
            first.rotateTo(second).entry(),
            TestLedger.note(2),
            second.rotateTo(third).entry());
    assertThat(report.findings()).isEmpty();
    assertThat(report.signedBy()).containsExactlyElementsOf(third.keys());
    assertThat(
            new LedgerVerifier(new Trust(Keys.make().keys(), List.of(), Optional.empty()))
                .ledger(home)
                .findings())
        .extracting(Finding::code)
        .containsExactly("note-unverified");
  }

  @Test
  void trustEndsWhereARotationIsNotSigned() {
    Keys first = Keys.make();
    Keys stranger = Keys.make();
    KeyRotation forged = stranger.rotateTo(stranger);
    VerificationReport report =
        rotated(
            first.keys(),
            stranger.signers(),
            new KeyRotation(
                    first.vkeys(),
                    stranger.vkeys(),
                    forged.ed25519Signature(),
                    forged.mlDsa44Signature())
                .entry());
    assertThat(report.findings())
        .extracting(Finding::code)
        .containsExactly("rotation-unsigned", "note-unverified");
  }

  /** Who can append, but has no key of the log, does not get one in by a statement of his own. */
  @Test
  void trustDoesNotGoBackwards() {
    Keys log = Keys.make();
    Keys stranger = Keys.make();
    VerificationReport report =
        rotated(log.keys(), stranger.signers(), stranger.rotateTo(log).entry());
    assertThat(report.findings()).extracting(Finding::code).containsExactly("note-unverified");
  }

  /** Abuse case A43: a thief puts keys of his own in the place of those that he stole. */
  @Test
  void aRevokedKeyVouchesForNobody() {
    Keys stolen = Keys.make();
    Keys thief = Keys.make();
    assertThat(
            rotated(
                    stolen.keys(),
                    thief.signers(),
                    TestLedger.note(1),
                    stolen.rotateTo(thief).entry())
                .findings())
        .isEmpty();
    Trust trust = new Trust(stolen.keys(), List.of(), Optional.empty(), stolen.keys());
    VerificationReport report = new LedgerVerifier(trust).ledger(home);
    assertThat(report.findings()).extracting(Finding::code).containsExactly("key-revoked");
    assertThat(report.signedBy()).isEmpty();
  }

  @Test
  void rotationsFollowEachOther() {
    Keys first = Keys.make();
    Keys second = Keys.make();
    Keys third = Keys.make();
    VerificationReport report =
        rotated(
            first.keys(),
            first.signers(),
            first.rotateTo(second).entry(),
            third.rotateTo(first).entry());
    assertThat(report.findings())
        .extracting(Finding::code)
        .containsExactly("rotation-unconnected", "key-replaced");
  }

  /** A signature of one kind alone does not do where keys of both kinds are known. */
  @Test
  void bothKindsOfKeysMustSign() {
    Keys keys = Keys.make();
    VerificationReport report =
        rotated(keys.keys(), keys.signers().subList(0, 1), TestLedger.note(1));
    assertThat(report.findings()).extracting(Finding::code).containsExactly("signature-missing");
    assertThat(
            new LedgerVerifier(new Trust(keys.keys().subList(0, 1), List.of(), Optional.empty()))
                .ledger(home)
                .findings())
        .isEmpty();
  }
}
