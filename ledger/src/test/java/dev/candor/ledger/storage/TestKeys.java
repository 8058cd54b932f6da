package dev.candor.ledger.storage;

import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.NoteSigners;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** Keys and settings of the tests of this package. */
final class TestKeys {

  static final String ORIGIN = "example.com/ledger";

  /** Ed25519 and ML-DSA-44, made anew for each run. */
  static final List<NoteSigner> SIGNERS =
      List.of(
          NoteSigners.ed25519(ORIGIN, pair("Ed25519")),
          NoteSigners.mlDsa44(ORIGIN, pair("ML-DSA-44")));

  static final LedgerSettings SETTINGS = new LedgerSettings(ORIGIN, () -> SIGNERS);

  /** With Ed25519 alone: checkpoints of a few hundred bytes. */
  static final LedgerSettings SHORT = new LedgerSettings(ORIGIN, () -> SIGNERS.subList(0, 1));

  private TestKeys() {}

  private static KeyPair pair(String algorithm) {
    try {
      return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("JDK 24 and later have " + algorithm, e);
    }
  }
}
