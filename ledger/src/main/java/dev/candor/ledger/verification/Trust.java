package dev.candor.ledger.verification;

import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.VerifierKey;
import dev.candor.ledger.notes.WitnessPolicy;
import java.util.List;
import java.util.Optional;

/**
 * What the verifier knows before it looks.
 *
 * @param keys of the log, from somewhere else than the log; with none, the keys that the ledger
 *     names itself are taken, which proves that it is whole, but not whose it is
 * @param against checkpoints seen earlier: the ledger must have grown from each
 * @param policy whose cosignatures the checkpoint must have, if any
 */
public record Trust(
    List<VerifierKey> keys, List<SignedNote> against, Optional<WitnessPolicy> policy) {

  /** Knows nothing. */
  public static final Trust NONE = new Trust(List.of(), List.of(), Optional.empty());

  /** What is known. */
  public Trust {
    keys = List.copyOf(keys);
    against = List.copyOf(against);
  }
}
