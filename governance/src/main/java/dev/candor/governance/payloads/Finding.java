package dev.candor.governance.payloads;

import java.time.Instant;

/** What a store knows of a commitment. */
public sealed interface Finding {

  /** It is there. */
  record Present(Payload payload) implements Finding {}

  /**
   * It was there and is erased.
   *
   * @param at when
   */
  record Erased(Instant at) implements Finding {}

  /** It was never there. If the ledger has an entry with this commitment, it was lost. */
  record Absent() implements Finding {}
}
