package dev.candor.ledger.keys;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.NoteSigners;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;

/**
 * The two keys that sign a log: Ed25519, which every tool of the field knows, and ML-DSA-44, which
 * a quantum computer does not forge.
 */
record LogKeys(KeyPair ed25519, KeyPair mlDsa44) {

  static final String ED25519 = "Ed25519";
  static final String ML_DSA_44 = "ML-DSA-44";

  static LogKeys generate() {
    try {
      return new LogKeys(
          KeyPairGenerator.getInstance(ED25519).generateKeyPair(),
          KeyPairGenerator.getInstance(ML_DSA_44).generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a JDK 25 has Ed25519 and ML-DSA-44", e);
    }
  }

  /** As signers of notes, Ed25519 first. */
  List<NoteSigner> signers(String keyName) {
    return List.of(NoteSigners.ed25519(keyName, ed25519), NoteSigners.mlDsa44(keyName, mlDsa44));
  }

  /** Reads a pair: PKCS#8 of the private key, SubjectPublicKeyInfo of the public one. */
  static KeyPair read(String algorithm, byte[] privateKey, byte[] publicKey) {
    try {
      KeyFactory factory = KeyFactory.getInstance(algorithm);
      return new KeyPair(
          factory.generatePublic(new X509EncodedKeySpec(publicKey)),
          factory.generatePrivate(new PKCS8EncodedKeySpec(privateKey)));
    } catch (GeneralSecurityException e) {
      throw new LedgerException(
          "keys-damaged",
          "the keystore holds no readable key for " + algorithm,
          "Restore the keystore from a copy.",
          e);
    }
  }

  /** Signs as the algorithm alone does, without a note around it. */
  static byte[] sign(KeyPair keys, String algorithm, byte[] text) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(keys.getPrivate());
      signature.update(text);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key of the vault does not sign", e);
    }
  }
}
