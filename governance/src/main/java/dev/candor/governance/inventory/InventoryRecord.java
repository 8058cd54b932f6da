package dev.candor.governance.inventory;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.KebabCase;
import dev.candor.governance.PlainText;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is on record of a model: the fields of {@link InventoryField}, and what a program found in
 * its files.
 *
 * @param fields those that are there, in their order; several lines have line feeds between
 * @param build of a model that is on this machine
 */
public record InventoryRecord(Map<InventoryField, String> fields, Optional<ModelBuild> build) {

  private static final int MOST_LINES = 64;
  private static final int MOST_CHARACTERS = 2_000;

  public InventoryRecord {
    EnumMap<InventoryField, String> ordered = new EnumMap<>(InventoryField.class);
    ordered.putAll(fields);
    fields = Collections.unmodifiableMap(ordered);
    fields.forEach(InventoryRecord::check);
    requireComplete(fields, ratingOf(fields));
  }

  /** What it is called here. */
  public String id() {
    return text(InventoryField.ID);
  }

  /** What stands in a field, {@value InventoryField#UNKNOWN} where nothing does. */
  public String text(InventoryField field) {
    return fields.getOrDefault(field, InventoryField.UNKNOWN);
  }

  /** The lines of a field; none where it is unknown. */
  public List<String> lines(InventoryField field) {
    String text = text(field);
    return text.equals(InventoryField.UNKNOWN) ? List.of() : List.of(text.split("\n", -1));
  }

  /** Whether it was made outside. */
  public boolean isVendors() {
    return text(InventoryField.ORIGIN).equals("vendor");
  }

  /** The rating that it says it has; nobody knows who gave it. */
  public Optional<RiskRating> declaredRating() {
    return ratingOf(fields);
  }

  /** The same with another rating. */
  public InventoryRecord rated(RiskRating rating) {
    Map<InventoryField, String> changed = new EnumMap<>(fields);
    changed.put(InventoryField.RATING, rating.key());
    return new InventoryRecord(changed, build);
  }

  /** The same with what a program found. */
  public InventoryRecord with(ModelBuild found) {
    return new InventoryRecord(fields, Optional.of(found));
  }

  /**
   * Goes on only if it has all fields that a model of this rating must have. One that nobody has
   * rated is not negligible.
   *
   * @throws GovernanceException {@code governance.inventory-field}, naming those that are missing
   */
  public void requireComplete(Optional<RiskRating> rating) {
    requireComplete(fields, rating);
  }

  private static void requireComplete(
      Map<InventoryField, String> fields, Optional<RiskRating> rating) {
    boolean negligible = rating.equals(Optional.of(RiskRating.NEGLIGIBLE));
    List<String> missing = new ArrayList<>();
    for (InventoryField field : InventoryField.values()) {
      if (!fields.containsKey(field) && (field.isOfEvery() || !negligible)) {
        missing.add(field.key());
      }
    }
    if (!missing.isEmpty()) {
      throw new GovernanceException(
          "inventory-field",
          "the record has no "
              + String.join(", ", missing)
              + (negligible ? "" : "; a model whose risk is not negligible has 17 fields"),
          "Add "
              + (missing.size() == 1 ? "it" : "them")
              + ", as UNKNOWN where nobody knows; candor inventory init writes a template.");
    }
  }

  private static Optional<RiskRating> ratingOf(Map<InventoryField, String> fields) {
    return Optional.ofNullable(fields.get(InventoryField.RATING))
        .filter(text -> !text.equals(InventoryField.UNKNOWN))
        .map(RiskRating::of);
  }

  private static void check(InventoryField field, String text) {
    if (text.equals(InventoryField.UNKNOWN)) {
      if (!field.mayBeUnknown()) {
        throw malformed(field, text, "what everybody can know: " + field.words());
      }
      return;
    }
    switch (field.form()) {
      case ID -> {
        if (!KebabCase.is(text)) {
          throw malformed(field, text, "1 to " + KebabCase.MOST + " of a-z, 0-9 and single dashes");
        }
      }
      case TEXT -> line(field, text);
      case LINES -> {
        List<String> lines = Arrays.asList(text.split("\n", -1));
        if (lines.size() > MOST_LINES) {
          throw malformed(field, text, "at most " + MOST_LINES + " lines");
        }
        lines.forEach(line -> line(field, line));
      }
      case RATING -> RiskRating.of(text);
      case ORIGIN -> {
        if (!text.equals("internal") && !text.equals("vendor")) {
          throw malformed(field, text, "internal or vendor");
        }
      }
      case DATE -> {
        if (!text.equals(InventoryField.NONE) && !isDate(text)) {
          throw malformed(field, text, "a date such as 2027-05-01, none or UNKNOWN");
        }
      }
    }
  }

  private static void line(InventoryField field, String line) {
    if (line.isBlank() || line.length() > MOST_CHARACTERS || !PlainText.isPlain(line)) {
      throw malformed(field, line, "1 to " + MOST_CHARACTERS + " visible characters on a line");
    }
  }

  private static boolean isDate(String text) {
    try {
      var _ = LocalDate.parse(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static GovernanceException malformed(InventoryField field, String value, String allowed) {
    return new GovernanceException(
        "inventory-field",
        field.key() + " is '" + PlainText.shown(value) + "', allowed is " + allowed,
        "Correct " + field.key() + " in the record.");
  }
}
