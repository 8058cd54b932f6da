package dev.candor.governance.figures;

import dev.candor.ledger.entries.Entry;
import java.time.Instant;

/** Takes in entries of the kinds of a query, one after the other, and says what they come to. */
public interface Tally {

  /**
   * Takes one in.
   *
   * @return whether the figure rests on it
   */
  boolean take(long index, Entry entry);

  /**
   * What it has come to.
   *
   * @param asOf when: what has an end is alive before it
   */
  Answer answer(Instant asOf);
}
