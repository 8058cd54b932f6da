package dev.candor.governance.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A key of the server, without the key itself, which nobody keeps but its holder.
 *
 * @param id what it is called
 * @param holder the principal that it stands for
 * @param roles what it may do
 * @param expires when it ends, if it does
 * @param revoked whether it was taken back
 * @param hash SHA-256 of the key, 64 lower-case hexadecimal digits
 */
public record ApiKey(
    String id,
    String holder,
    List<Role> roles,
    Optional<Instant> expires,
    boolean revoked,
    String hash) {

  public ApiKey {
    roles = List.copyOf(roles);
  }

  /** Whether it opens anything at this time. */
  public boolean isValid(Instant now) {
    return !revoked && expires.filter(end -> !now.isBefore(end)).isEmpty();
  }

  /** Whom it stands for. */
  public Principal principal() {
    return Principal.of(holder, roles);
  }
}
