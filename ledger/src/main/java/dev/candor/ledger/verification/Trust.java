package dev.candor.ledger.verification;

import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.VerifierKey;
import dev.candor.ledger.notes.WitnessPolicy;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the verifier knows before it looks.
 *
 * @param keys of the log, from somewhere else than the log; with none, the keys that the ledger
 *     names itself are taken, which proves that it is whole, but not whose it is
 * @param against checkpoints seen earlier: the ledger must have grown from each
 * @param policy whose cosignatures the checkpoint must have, if any
 * @param revoked keys that count no more, nor do keys that they vouched for: of a device that was
 *     stolen. What they had signed before is known by checkpoints seen earlier alone
 * @param claimed checkpoints that a document names: the ledger must have grown from each, but
 *     nobody has seen them before
 */
public record Trust(
    List<VerifierKey> keys,
    List<SignedNote> against,
    Optional<WitnessPolicy> policy,
    List<VerifierKey> revoked,
    List<SignedNote> claimed) {

  /** Knows nothing. */
  public static final Trust NONE = new Trust(List.of(), List.of(), Optional.empty());

  /** What is known. */
  public Trust {
    keys = List.copyOf(keys);
    against = List.copyOf(against);
    revoked = List.copyOf(revoked);
    claimed = List.copyOf(claimed);
  }

  /** No checkpoint is claimed. */
  public Trust(
      List<VerifierKey> keys,
      List<SignedNote> against,
      Optional<WitnessPolicy> policy,
      List<VerifierKey> revoked) {
    this(keys, against, policy, revoked, List.of());
  }

  /** All checkpoints that the ledger must have grown from. */
  List<SignedNote> compared() {
    return Stream.concat(against.stream(), claimed.stream()).toList();
  }

  /** No key is revoked. */
  public Trust(List<VerifierKey> keys, List<SignedNote> against, Optional<WitnessPolicy> policy) {
    this(keys, against, policy, List.of());
  }

  /** Those of some keys that still count. */
  List<VerifierKey> counting(List<VerifierKey> some) {
    return some.stream().filter(key -> !revoked.contains(key)).toList();
  }
}
