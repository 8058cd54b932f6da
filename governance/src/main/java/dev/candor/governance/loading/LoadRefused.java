package dev.candor.governance.loading;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;
import java.util.Optional;

/**
 * That the loader did not let a model be used.
 *
 * @param name as the user calls it
 * @param id of the model in the inventory, if it is there
 * @param model as {@link dev.candor.governance.evidence.DigestTuple#model}
 * @param tuple digest of what was mapped, under the policy in force
 * @param obstacles what stood in the way: {@code bias=missing approval=expired}
 * @param by who wanted to use it
 */
public record LoadRefused(
    String name, Optional<String> id, String model, String tuple, String obstacles, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "load-refused";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("model-name", name)
        .put("model-id", id)
        .put("model", model)
        .put("tuple", tuple)
        .put("obstacles", obstacles)
        .put("by", by)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static LoadRefused of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new LoadRefused(
        entry.required("model-name"),
        entry.value("model-id"),
        entry.required("model"),
        entry.required("tuple"),
        entry.required("obstacles"),
        entry.required("by"));
  }
}
