package dev.candor.ledger.notes;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keys that differ from run to run, as those of ledgers do, but not within one. */
final class TestKeys {

  static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-30T09:10:11.123456789Z"));

  private static final Map<String, KeyPair> PAIRS = new ConcurrentHashMap<>();

  private TestKeys() {}

  static KeyPair pair(String algorithm, String whose) {
    return PAIRS.computeIfAbsent(
        algorithm + " " + whose,
        key -> {
          try {
            return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
          } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
          }
        });
  }

  static NoteSigner ed25519(String name) {
    return NoteSigners.ed25519(name, pair("Ed25519", name));
  }

  static NoteSigner mlDsa44(String name) {
    return NoteSigners.mlDsa44(name, pair("ML-DSA-44", name));
  }

  static NoteSigner ed25519Witness(String name) {
    return NoteSigners.ed25519Cosigner(name, pair("Ed25519", "w " + name), CLOCK);
  }

  static NoteSigner mlDsa44Witness(String name) {
    return NoteSigners.mlDsa44Cosigner(name, pair("ML-DSA-44", "w " + name), CLOCK);
  }
}
