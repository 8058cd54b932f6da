package dev.candor.ledger.verification;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.keys.KeyRotation;
import dev.candor.ledger.notes.VerifierKey;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The keys of the log as its entries tell of them: each statement of rotated keys is signed by the
 * keys before it, and follows from the statement before.
 */
final class KeyChain implements EntryRule {

  private final TreeMap<Long, List<VerifierKey>> from = new TreeMap<>();

  @Override
  public void check(long index, Entry entry, Problems problems) {
    if (!entry.kind().equals(KeyRotation.KIND)) {
      return;
    }
    try {
      KeyRotation rotation = KeyRotation.of(entry);
      if (!rotation.isSigned()) {
        problems.wrong("rotation-unsigned", "the keys before did not sign their replacement");
        return;
      }
      List<VerifierKey> before = keys(rotation.before());
      if (!from.isEmpty() && !from.lastEntry().getValue().equals(before)) {
        problems.wrong(
            "rotation-unconnected",
            "it replaces other keys than those that entry " + from.lastKey() + " brought in");
        return;
      }
      from.putIfAbsent(0L, before);
      from.put(index + 1, keys(rotation.after()));
    } catch (LedgerException e) {
      problems.wrong("rotation-malformed", String.valueOf(e.getMessage()));
    }
  }

  /** The keys that held for a tree of this size; none if the log has never changed its keys. */
  List<VerifierKey> at(long size) {
    return from.isEmpty() ? List.of() : from.floorEntry(size).getValue();
  }

  /**
   * The keys that may speak for the log: those that are trusted, and whatever a trusted key has
   * signed as its replacement. Trust goes forward alone: a statement by somebody else that ends
   * with the log's keys makes nobody trusted.
   *
   * @param revoked keys that are not trusted, whoever vouches for them
   */
  List<VerifierKey> trusted(List<VerifierKey> keys, List<VerifierKey> revoked) {
    List<VerifierKey> trusted = new ArrayList<>(keys);
    trusted.removeAll(revoked);
    List<VerifierKey> before = List.of();
    for (List<VerifierKey> after : from.values()) {
      if (before.stream().anyMatch(trusted::contains)) {
        after.stream()
            .filter(key -> !trusted.contains(key) && !revoked.contains(key))
            .forEach(trusted::add);
      }
      before = after;
    }
    return trusted;
  }

  private static List<VerifierKey> keys(KeyRotation.LogVkeys vkeys) {
    return List.of(VerifierKey.parse(vkeys.ed25519()), VerifierKey.parse(vkeys.mlDsa44()));
  }
}
