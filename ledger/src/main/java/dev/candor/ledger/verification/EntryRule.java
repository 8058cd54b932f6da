package dev.candor.ledger.verification;

import dev.candor.ledger.entries.Entry;

/**
 * What entries must be to each other, beyond being there. One rule looks at one ledger, entry by
 * entry from the first, and keeps what it needs to know of those before.
 */
public interface EntryRule {

  /** Where a rule says what it found. */
  interface Problems {

    /**
     * The entry breaks the rule.
     *
     * @param code stable, lower-dash
     */
    void wrong(String code, String message);

    /** The entry is to be known. */
    void remark(String code, String message);
  }

  /** Looks at the next entry. */
  void check(long index, Entry entry, Problems problems);

  /**
   * There are no more entries.
   *
   * @param size how many there were
   */
  default void end(long size, Problems problems) {}
}
