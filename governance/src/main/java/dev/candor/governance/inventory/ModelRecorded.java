package dev.candor.governance.inventory;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * That a model is in the inventory with this record, as a whole; of several of one id the last one
 * holds.
 *
 * @param record all that is on record of it
 * @param by who recorded it
 */
public record ModelRecorded(InventoryRecord record, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "model-recorded";

  /** As it is logged. */
  public Entry entry() {
    EntryFields fields = new EntryFields(KIND);
    record.fields().forEach((field, text) -> fields.put(name(field), text));
    record.build().ifPresent(build -> build.values().forEach(fields::put));
    return fields.put("by", by).entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   * @throws dev.candor.governance.GovernanceException as {@link InventoryRecord} has them
   */
  public static ModelRecorded of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    Map<InventoryField, String> fields = new EnumMap<>(InventoryField.class);
    for (InventoryField field : InventoryField.values()) {
      entry.value(name(field)).ifPresent(text -> fields.put(field, text));
    }
    Map<String, String> build = new LinkedHashMap<>();
    for (String name : ModelBuild.NAMES) {
      entry.value(name).ifPresent(text -> build.put(name, text));
    }
    return new ModelRecorded(
        new InventoryRecord(
            fields, build.isEmpty() ? Optional.empty() : Optional.of(ModelBuild.of(build))),
        entry.required("by"));
  }

  /** What a field is called in an entry: the id as in all entries about a model. */
  private static String name(InventoryField field) {
    return field == InventoryField.ID ? "model-id" : field.key();
  }
}
