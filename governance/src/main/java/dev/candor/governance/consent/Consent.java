package dev.candor.governance.consent;

import java.time.Instant;

/**
 * A consent that is in the ledger.
 *
 * @param index of the entry it rests on
 * @param given the instant of that entry
 * @param grant what was agreed to
 */
public record Consent(long index, Instant given, ConsentGrant grant) {

  /** Of the consent and of its receipt. */
  public String id() {
    return grant.id();
  }

  /** Whether it has ended by itself: it no longer counts from the instant {@code expires} on. */
  public boolean hasExpired(Instant now) {
    return grant.expires().isPresent() && !now.isBefore(grant.expires().get());
  }
}
