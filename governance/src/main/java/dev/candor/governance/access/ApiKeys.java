package dev.candor.governance.access;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.entries.ApiKeyCreated;
import dev.candor.ledger.entries.ApiKeyRevoked;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The keys of those who call the server. Which ones hold is what the ledger says: a key that any
 * process makes or revokes counts at once in all of them. Safe for use by many threads.
 *
 * <h2>Security guarantees</h2>
 *
 * A key is 256 random bits. Only its SHA-256 is kept, and compared in a time that tells nothing.
 * Nobody can give a key a role that they do not hold.
 *
 * <h2>Restrictions</h2>
 *
 * Whoever has a key is its holder. Whether the connection keeps it secret is the server's matter.
 */
public final class ApiKeys {

  /** What keys begin with, so that a scanner of secrets finds one that was left in a file. */
  public static final String PREFIX = "candor-";

  private static final int RANDOM_BYTES = 32;
  private static final int ID_DIGITS = 16;

  private final Governance governance;
  private volatile Known known = new Known(-1, List.of());

  /** Keys as the ledger has them at a size. */
  private record Known(long size, List<ApiKey> keys) {}

  /** The keys of a device. */
  public ApiKeys(Governance governance) {
    this.governance = governance;
  }

  /**
   * A key that was just made.
   *
   * @param id what it is called
   * @param key the key itself, which is told here and never again
   * @param entry index of the entry that records it
   */
  public record Created(String id, String key, long entry) {}

  /**
   * Makes a key.
   *
   * @param by who does it; may give only roles of their own
   * @param holder the name of the principal that the key stands for
   * @param roles one or more
   * @param expires when it ends, if it does
   * @throws GovernanceException {@code governance.not-permitted}, {@code governance.key-roles},
   *     {@code governance.key-expiry}, {@code governance.principal-name}
   */
  public Created create(Principal by, String holder, List<Role> roles, Optional<Instant> expires) {
    return create(by, Optional.of(holder), roles, expires);
  }

  /**
   * The same, for a principal of its own where no holder is given: what one such key asks, uses up
   * or leaves behind is never another's.
   *
   * @param holder the name of the principal; empty for {@code key-} and what the key is called
   */
  public Created create(
      Principal by, Optional<String> holder, List<Role> roles, Optional<Instant> expires) {
    Authority.require(by, Action.CHANGE_KEYS);
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String key = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    String hash = HexFormat.of().formatHex(hash(key));
    String id = hash.substring(0, ID_DIGITS);
    Principal principal = Principal.of(holder.orElse("key-" + id), roles);
    if (principal.roles().isEmpty() || !by.roles().containsAll(principal.roles())) {
      throw new GovernanceException(
          "key-roles",
          "a key gets at least one role, and none that "
              + by.name()
              + " does not have; asked for: "
              + String.join(", ", principal.roleKeys()),
          "Give roles among " + String.join(", ", by.roleKeys()) + ".");
    }
    if (expires.isPresent() && !expires.get().isAfter(governance.clock().instant())) {
      throw new GovernanceException(
          "key-expiry",
          "the key would end at " + expires.get() + ", which is not in the future",
          "Give a later end, or none.");
    }
    long entry =
        governance
            .ledger()
            .append(
                new ApiKeyCreated(
                        id,
                        hash,
                        principal.name(),
                        String.join(",", principal.roleKeys()),
                        expires.map(Instant::toString),
                        by.name())
                    .entry())
            .index();
    return new Created(id, key, entry);
  }

  /**
   * Takes a key back, for all requests that begin after the entry.
   *
   * @param id what it is called
   * @return the index of the entry
   * @throws GovernanceException {@code governance.not-permitted}, {@code governance.key-unknown}
   */
  public long revoke(Principal by, String id) {
    Authority.require(by, Action.CHANGE_KEYS);
    boolean there = list().stream().anyMatch(key -> key.id().equals(id) && !key.revoked());
    if (!there) {
      throw new GovernanceException(
          "key-unknown",
          "there is no key '" + PlainText.shown(id) + "' that has not been revoked",
          "See 'candor keys list'.");
    }
    return governance.ledger().append(new ApiKeyRevoked(id, by.name()).entry()).index();
  }

  /** All keys that were ever made, in their order. */
  public List<ApiKey> list() {
    governance.ledger().refresh();
    Known now = known;
    long size = governance.ledger().size();
    if (now.size() != size) {
      now = new Known(size, read());
      known = now;
    }
    return now.keys();
  }

  private List<ApiKey> read() {
    Map<String, ApiKey> keys = new LinkedHashMap<>();
    for (long place : governance.index().places(EntryIndex.key(ApiKeyCreated.KIND, ""))) {
      ApiKeyCreated made = ApiKeyCreated.of(governance.ledger().entry(place));
      List<Role> roles = Arrays.stream(made.roles().split(",")).map(Role::of).toList();
      Optional<Instant> expires = made.expires().map(Instant::parse);
      keys.put(
          made.key(), new ApiKey(made.key(), made.holder(), roles, expires, false, made.hash()));
    }
    for (long place : governance.index().places(EntryIndex.key(ApiKeyRevoked.KIND, ""))) {
      String id = ApiKeyRevoked.of(governance.ledger().entry(place)).key();
      keys.computeIfPresent(
          id,
          (_, key) ->
              new ApiKey(key.id(), key.holder(), key.roles(), key.expires(), true, key.hash()));
    }
    return keys.values().stream().collect(Collectors.toUnmodifiableList());
  }

  /** Whether there is a key that opens anything. */
  public boolean areThereAny() {
    Instant now = governance.clock().instant();
    return list().stream().anyMatch(key -> key.isValid(now));
  }

  /**
   * Whether a key was ever made. Who once has made one wants callers to be known: that the last one
   * has ended opens nothing.
   */
  public boolean wasOneEverMade() {
    return !list().isEmpty();
  }

  /** Whom a key stands for; empty if it is none, or revoked, or expired. */
  public Optional<Principal> principal(String key) {
    byte[] given = hash(key);
    Instant now = governance.clock().instant();
    Optional<Principal> found = Optional.empty();
    for (ApiKey each : list()) {
      // All of them are compared, whichever it is.
      boolean same = MessageDigest.isEqual(given, HexFormat.of().parseHex(each.hash()));
      if (same && each.isValid(now)) {
        found = Optional.of(each.principal());
      }
    }
    return found;
  }

  private static byte[] hash(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
