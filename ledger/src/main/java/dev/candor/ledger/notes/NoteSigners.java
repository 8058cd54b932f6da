package dev.candor.ledger.notes;

import dev.candor.ledger.LedgerException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** Signers whose private key is in memory. */
public final class NoteSigners {

  private static final byte[] TRIAL = new byte[0];

  private NoteSigners() {}

  /**
   * Signs any text with Ed25519: what every reader of C2SP checkpoints understands.
   *
   * @throws LedgerException {@code ledger.key-malformed} if the name cannot be one, {@code
   *     ledger.key-pair} if the keys are of another algorithm or not of one pair
   */
  public static NoteSigner ed25519(String name, KeyPair pair) {
    return of(name, SignatureType.ED25519, pair, () -> 0);
  }

  /**
   * Signs checkpoints with ML-DSA-44, which no quantum computer forges, without a time. It does not
   * sign one with extension lines, because the signature would not be over them.
   *
   * @throws LedgerException as {@link #ed25519}
   */
  public static NoteSigner mlDsa44(String name, KeyPair pair) {
    NoteSigner signer = of(name, SignatureType.ML_DSA_44, pair, () -> 0);
    return new NoteSigner() {
      @Override
      public VerifierKey key() {
        return signer.key();
      }

      @Override
      public byte[] sign(byte[] text) {
        if (!Checkpoint.parse(NoteText.decode("checkpoint", text)).extensions().isEmpty()) {
          throw NoteText.malformed(
              "checkpoint", "it has extension lines, which ML-DSA-44 would leave unsigned");
        }
        return signer.sign(text);
      }
    };
  }

  /**
   * Cosigns checkpoints of others with Ed25519. Who does so says to have seen that the log only
   * grew.
   *
   * @param clock its time becomes part of each cosignature
   * @throws LedgerException as {@link #ed25519}
   */
  public static NoteSigner ed25519Cosigner(String name, KeyPair pair, InstantSource clock) {
    return of(
        name, SignatureType.ED25519_COSIGNATURE, pair, () -> clock.instant().getEpochSecond());
  }

  /**
   * Cosigns checkpoints of others with ML-DSA-44. Extension lines are not part of what is signed.
   *
   * @param clock its time becomes part of each cosignature
   * @throws LedgerException as {@link #ed25519}
   */
  public static NoteSigner mlDsa44Cosigner(String name, KeyPair pair, InstantSource clock) {
    return of(name, SignatureType.ML_DSA_44, pair, () -> clock.instant().getEpochSecond());
  }

  private static NoteSigner of(
      String name, SignatureType type, KeyPair pair, LongSupplier seconds) {
    VerifierKey key = VerifierKey.of(name, type, pair.getPublic());
    requirePair(type, pair);
    PrivateKey secret = pair.getPrivate();
    return new NoteSigner() {
      @Override
      public VerifierKey key() {
        return key;
      }

      @Override
      public byte[] sign(byte[] text) {
        try {
          if (!type.timed()) {
            return signature(type, secret, text);
          }
          long now = seconds.getAsLong();
          byte[] message = Cosignature.message(key, now, text);
          return new Cosignature(now, signature(type, secret, message)).bytes();
        } catch (GeneralSecurityException e) {
          throw notAPair(type, e); // It signed before, when this signer was made.
        }
      }
    };
  }

  private static void requirePair(SignatureType type, KeyPair pair) {
    try {
      Signature verification = Signature.getInstance(type.algorithm());
      verification.initVerify(pair.getPublic());
      verification.update(TRIAL);
      if (!verification.verify(signature(type, pair.getPrivate(), TRIAL))) {
        throw notAPair(type, new InvalidKeyException("a trial signature did not verify"));
      }
    } catch (GeneralSecurityException e) {
      throw notAPair(type, e);
    }
  }

  private static byte[] signature(SignatureType type, PrivateKey key, byte[] message)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(type.algorithm());
    signature.initSign(key);
    signature.update(message);
    return signature.sign();
  }

  private static LedgerException notAPair(SignatureType type, GeneralSecurityException cause) {
    return new LedgerException(
        "key-pair",
        "the private key and the public key are not a pair of " + type.algorithm(),
        "Restore both from the same vault.",
        cause);
  }
}
