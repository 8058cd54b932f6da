package dev.candor.ledger.notes;

import dev.candor.ledger.LedgerException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Whose checkpoints count: logs, witnesses and how many of them, by C2SP tlog-policy. A checkpoint
 * counts if one of the logs that bears its origin as a name signed it and the quorum cosigned it.
 *
 * @param logs keys of logs, of type 01 or 06; with none, no checkpoint counts
 * @param witnesses all that are known, of type 04 or 06, whether the quorum needs them or not
 * @param quorum which of the witnesses are enough
 */
public record WitnessPolicy(List<Log> logs, List<Quorum.Witness> witnesses, Quorum quorum) {

  /** Most logs, most witnesses and most groups. */
  public static final int MOST_MEMBERS = 256;

  /** Most bytes of a policy file. */
  public static final int MOST_BYTES = 1 << 20;

  /**
   * A log.
   *
   * @param key its name is the origin of the log
   * @param url where it is, for those who would talk to it
   */
  public record Log(VerifierKey key, Optional<String> url) {}

  /**
   * What a policy let through.
   *
   * @param logs keys of the log that signed it, at least one
   * @param witnesses keys of the witnesses that cosigned it
   */
  public record Accepted(
      Checkpoint checkpoint, List<VerifierKey> logs, List<VerifierKey> witnesses) {}

  /** A policy of what was read. */
  public WitnessPolicy {
    logs = List.copyOf(logs);
    witnesses = List.copyOf(witnesses);
  }

  /** Trusts any of these keys to speak for its log, without witnesses. */
  public static WitnessPolicy of(List<VerifierKey> logs) {
    return new WitnessPolicy(
        logs.stream().map(key -> new Log(key, Optional.empty())).toList(),
        List.of(),
        new Quorum.None());
  }

  /**
   * Reads a policy file.
   *
   * @throws LedgerException {@code ledger.policy-malformed} with the number of the line
   */
  public static WitnessPolicy parse(byte[] file) {
    return new PolicyReader().read(file);
  }

  /**
   * Whether this checkpoint counts.
   *
   * @throws LedgerException {@code ledger.checkpoint-malformed} if it is no checkpoint, {@code
   *     ledger.log-unknown} if no log has its origin, {@code ledger.note-signature} if a known key
   *     did not make the signature that names it, {@code ledger.note-unverified} if the log did not
   *     sign it, {@code ledger.quorum} if too few witnesses did
   */
  public Accepted check(SignedNote note) {
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    List<VerifierKey> ofLog =
        logs.stream()
            .map(Log::key)
            .filter(key -> key.name().equals(checkpoint.origin()))
            .distinct()
            .toList();
    if (ofLog.isEmpty()) {
      throw new LedgerException(
          "log-unknown",
          "the checkpoint is of "
              + NoteText.shown(checkpoint.origin())
              + ", which no key of the policy is for",
          "Give the key of that log, if you trust it.");
    }
    List<VerifierKey> signed = note.verifiedBy(ofLog);
    List<VerifierKey> known = witnesses.stream().map(Quorum.Witness::key).distinct().toList();
    List<VerifierKey> cosigned = new ArrayList<>();
    if (note.signatures().stream().anyMatch(s -> known.stream().anyMatch(s::names))) {
      cosigned.addAll(note.verifiedBy(known));
    }
    if (!quorum.reachedBy(new LinkedHashSet<>(cosigned))) {
      throw new LedgerException(
          "quorum",
          "of the " + known.size() + " known witnesses " + cosigned.size() + " cosigned, too few",
          "Ask for a checkpoint with more cosignatures: without them the log may show others"
              + " another history.");
    }
    return new Accepted(checkpoint, signed, List.copyOf(cosigned));
  }
}
