package dev.candor.governance.inventory;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * That a model was moved from one state of its life to another.
 *
 * @param id of the model
 * @param from where it was
 * @param to where it is now
 * @param tuple the very thing that is put to use, of a deployment
 * @param triggers what has opened a review
 * @param stopsUse whether it may not be used until it is approved and deployed anew; a review may
 *     leave a model in use
 * @param reason why, in a sentence
 * @param by who moved it
 */
public record ModelMoved(
    String id,
    LifecycleState from,
    LifecycleState to,
    Optional<String> tuple,
    List<ReviewTrigger> triggers,
    boolean stopsUse,
    String reason,
    String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "model-moved";

  private static final String GOES_ON = "goes-on";

  public ModelMoved {
    triggers = List.copyOf(triggers);
  }

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("model-id", id)
        .put("from", from.key())
        .put("to", to.key())
        .put("tuple", tuple)
        .put(
            "triggers",
            triggers.isEmpty()
                ? Optional.empty()
                : Optional.of(
                    triggers.stream().map(ReviewTrigger::key).collect(Collectors.joining(" "))))
        .put("use", stopsUse ? "stops" : GOES_ON)
        .put("reason", reason)
        .put("by", by)
        .entry();
  }

  /**
   * Reads one. Whatever does not say that use goes on stops it.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   * @throws dev.candor.governance.GovernanceException {@code governance.state-unknown} or {@code
   *     governance.trigger-unknown}
   */
  public static ModelMoved of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new ModelMoved(
        entry.required("model-id"),
        LifecycleState.of(entry.required("from")),
        LifecycleState.of(entry.required("to")),
        entry.value("tuple"),
        entry
            .value("triggers")
            .map(text -> Arrays.stream(text.split(" ", -1)).map(ReviewTrigger::of).toList())
            .orElse(List.of()),
        !entry.required("use").equals(GOES_ON),
        entry.required("reason"),
        entry.required("by"));
  }
}
