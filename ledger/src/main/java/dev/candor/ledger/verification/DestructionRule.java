package dev.candor.ledger.verification;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.KeysDestroyed;

/**
 * Nothing follows the destruction of the keys. Only the statement itself may stand there again: who
 * was interrupted between the entry and the keys does it once more.
 */
final class DestructionRule implements EntryRule {

  private long destroyed = -1;

  @Override
  public void check(long index, Entry entry, Problems problems) {
    if (entry.kind().equals(KeysDestroyed.KIND)) {
      destroyed = destroyed < 0 ? index : destroyed;
    } else if (destroyed >= 0) {
      problems.wrong(
          "entry-after-destruction", "entry " + destroyed + " says that the keys are destroyed");
    }
  }
}
