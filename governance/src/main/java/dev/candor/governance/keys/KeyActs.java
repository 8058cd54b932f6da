package dev.candor.governance.keys;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.GovernanceSettings;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.KeyVaultLockSet;
import dev.candor.ledger.entries.KeyVaultRenewed;
import dev.candor.ledger.entries.KeysDestroyed;
import dev.candor.ledger.entries.PayloadKeyRotated;
import dev.candor.ledger.keys.KeyRotation;
import dev.candor.ledger.keys.KeyVault;
import dev.candor.ledger.notes.SignedNote;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What people do about keys, each time with an entry that says who did it. All of it but seeing
 * needs {@link Action#CHANGE_KEYS}, and throws {@code governance.not-permitted} without it.
 */
public final class KeyActs {

  private final Governance governance;

  /** Acts on the keys of a device. */
  public KeyActs(Governance governance) {
    this.governance = governance;
  }

  /**
   * The keys as they are, without anything secret.
   *
   * @param vault what is known of them; empty if the vault has locked itself
   * @param locksAt when the vault locks itself, or has done so, if it does
   */
  public record State(Optional<Open> vault, Optional<Instant> locksAt) {}

  /**
   * What is known of keys that are not locked.
   *
   * @param name under which the log's keys sign
   * @param vkeys those that sign now, Ed25519 first
   * @param payloadKey id of the key that wraps the keys of data subjects
   * @param rotationBegun whether a rotation of the log's keys was interrupted
   */
  public record Open(String name, List<String> vkeys, String payloadKey, boolean rotationBegun) {

    public Open {
      vkeys = List.copyOf(vkeys);
    }
  }

  /**
   * What a rotation of the log's keys has done.
   *
   * @param rotation the statement
   * @param entry index of the entry that holds it
   * @param checkpoint the first that the new keys have signed
   */
  public record LogKeysRotated(KeyRotation rotation, long entry, SignedNote checkpoint) {}

  /**
   * What a rotation of the payload key has done.
   *
   * @param key id of the new key
   * @param entry index of the entry that records it
   */
  public record PayloadKeyReplaced(String key, long entry) {}

  /**
   * Until when a vault is open.
   *
   * @param until when it locks itself next, if it does
   * @param entry index of the entry that records it
   */
  public record OpenUntil(Optional<Instant> until, long entry) {}

  /** The keys as they are. */
  public State state() {
    KeyVault vault = governance.vault();
    if (vault.isLocked()) {
      return new State(Optional.empty(), vault.locksAt());
    }
    return new State(
        Optional.of(
            new Open(
                vault.keyName(),
                vault.logSigners().stream().map(signer -> signer.key().vkey()).toList(),
                vault.payloadKeyId(),
                vault.interruptedRotation().isPresent())),
        vault.locksAt());
  }

  /**
   * Replaces the keys that sign the log. A rotation that was interrupted is taken up: with the same
   * keys, and with the entry that is there already if it is.
   */
  public LogKeysRotated rotateLogKeys(Principal by) {
    Authority.require(by, Action.CHANGE_KEYS);
    governance.ledger().refresh();
    long[] place = {-1};
    KeyRotation rotation =
        governance.vault().rotateLogKeys(statement -> place[0] = logged(statement, by));
    return new LogKeysRotated(rotation, place[0], governance.checkpoint());
  }

  /** The index of the statement in the ledger, where it is put if it is not there. */
  private long logged(KeyRotation statement, Principal by) {
    OptionalLong last = governance.index().last(EntryIndex.key(KeyRotation.KIND, ""));
    if (last.isPresent()) {
      KeyRotation before = KeyRotation.of(governance.ledger().entry(last.getAsLong()));
      if (before.before().equals(statement.before()) && before.after().equals(statement.after())) {
        return last.getAsLong();
      }
    }
    Map<String, String> values = new LinkedHashMap<>(statement.entry().values());
    values.put("by", by.name());
    return governance.ledger().append(new Entry(KeyRotation.KIND, values)).index();
  }

  /** Replaces the key that wraps the keys of data subjects, all of which are wrapped anew. */
  public PayloadKeyReplaced rotatePayloadKey(Principal by) {
    Authority.require(by, Action.CHANGE_KEYS);
    governance.ledger().refresh();
    String key = governance.payloads().rotateKey();
    return new PayloadKeyReplaced(
        key, governance.ledger().append(new PayloadKeyRotated(key, by.name()).entry()).index());
  }

  /**
   * Lets the vault lock itself when nobody has renewed it for so many days, counted from now. The
   * entry is durable before it holds.
   *
   * @param days 1 to {@value KeyVault#MOST_LOCK_DAYS}; 0 for never
   * @throws GovernanceException {@code governance.lock-days}
   */
  public OpenUntil lockAfter(Principal by, int days) {
    Authority.require(by, Action.CHANGE_KEYS);
    if (days < 0 || days > KeyVault.MOST_LOCK_DAYS) {
      throw new GovernanceException(
          "lock-days",
          "the days without renewal are "
              + days
              + ", allowed are 1 to "
              + KeyVault.MOST_LOCK_DAYS
              + ", and 0 for never",
          "Give another number of days.");
    }
    long entry = governance.ledger().append(new KeyVaultLockSet(days, by.name()).entry()).index();
    governance.vault().lockAfter(days);
    return new OpenUntil(governance.vault().locksAt(), entry);
  }

  /**
   * Renews a vault, whether it has locked itself or not. A locked vault has no ledger to write to:
   * it is renewed first and recorded then, and a process that ends in between leaves no entry.
   *
   * @param settings where the vault is; nothing else of this process may have it open
   */
  public static OpenUntil renew(Principal by, GovernanceSettings settings) {
    Authority.require(by, Action.CHANGE_KEYS);
    Optional<Instant> until;
    try (Governance locked = Governance.open(settings)) {
      until = locked.vault().renew();
    }
    try (Governance open = Governance.open(settings)) {
      long entry =
          open.ledger()
              .append(new KeyVaultRenewed(by.name(), until.map(Instant::toString)).entry())
              .index();
      return new OpenUntil(until, entry);
    }
  }

  /**
   * Destroys all keys: what they have encrypted is lost for everybody, and nothing can be added to
   * the log. The entry, and a checkpoint over it, are the last that the keys sign. What was logged
   * stays, and so do its proofs.
   *
   * @param confirmed the name of the log, so that it is not the wrong one's
   * @return the index of the entry
   * @throws GovernanceException {@code governance.destruction-unconfirmed}
   * @throws LedgerException {@code ledger.keys-locked} if the vault has locked itself
   */
  public long destroy(Principal by, String confirmed) {
    Authority.require(by, Action.CHANGE_KEYS);
    String name = governance.vault().keyName();
    if (!confirmed.equals(name)) {
      throw new GovernanceException(
          "destruction-unconfirmed",
          "the keys are those of " + name + ", and that is not what was confirmed",
          "If you mean to lose all that they have encrypted, confirm it with that name.");
    }
    long entry = governance.ledger().append(new KeysDestroyed(by.name()).entry()).index();
    governance.checkpoint();
    governance.vault().destroy();
    return entry;
  }
}
