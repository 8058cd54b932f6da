package dev.candor.governance.decisions;

import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.StopOrdered;
import dev.candor.ledger.storage.Ledger;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether somebody has ordered a decision to stop, in this process or in another: an order is an
 * entry of the ledger. Safe for use by many threads.
 */
final class StopOrders {

  private final Ledger ledger;
  private final Set<String> stopped = ConcurrentHashMap.newKeySet();
  private volatile long seen;
  private volatile long everythingBefore = -1;

  StopOrders(Ledger ledger) {
    this.ledger = ledger;
    this.seen = ledger.size();
  }

  /**
   * Asked before each token: looks at how long the ledger is, and reads what it has gained.
   *
   * @param startedIndex of the decision
   */
  boolean ordered(String decision, long startedIndex) {
    ledger.refreshIfGrown();
    if (ledger.size() > seen) {
      look();
    }
    return startedIndex < everythingBefore || stopped.contains(decision);
  }

  /**
   * Whether an order to stop is on record for a decision that began there; also one that has ended.
   */
  boolean wasOrdered(String decision, long startedIndex, EntryIndex index) {
    return index.places(EntryIndex.key(StopOrdered.KIND, "")).stream()
        .filter(place -> place > startedIndex)
        .map(ledger::entry)
        .anyMatch(order -> order.value("decision").filter(id -> !id.equals(decision)).isEmpty());
  }

  /** The decision has ended. */
  void forget(String decision) {
    stopped.remove(decision);
  }

  private synchronized void look() {
    long size = ledger.size();
    for (long place = seen; place < size; place++) {
      Entry entry = ledger.entry(place);
      if (entry.kind().equals(StopOrdered.KIND)) {
        if (entry.value("decision").isPresent()) {
          stopped.add(entry.required("decision"));
        } else {
          everythingBefore = place;
        }
      }
    }
    seen = size;
  }
}
