package dev.candor.ledger.notes;

import dev.candor.ledger.LedgerException;

/** Who can sign notes: a private key, wherever it is kept. */
public interface NoteSigner {

  /** The name that its signatures stand under. */
  default String name() {
    return key().name();
  }

  /** What verifies its signatures. */
  VerifierKey key();

  /**
   * Signs a text.
   *
   * @param text in UTF-8, with its last line feed
   * @return the signature as {@link VerifierKey#verifies} takes it: without the id of the key
   * @throws LedgerException {@code ledger.checkpoint-malformed} if this key signs checkpoints alone
   *     and the text is none
   */
  byte[] sign(byte[] text);
}
