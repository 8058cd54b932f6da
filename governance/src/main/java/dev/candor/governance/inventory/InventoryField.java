package dev.candor.governance.inventory;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The fields of a model's record. Source: OSFI Guideline E-23 (2027), Appendix 1, which lists six
 * for every identified model and eleven more for those of non-negligible risk.
 */
public enum InventoryField {
  ID("what it is called here, for good", true, Form.ID),
  NAME("its name, and its key features and use", true, Form.TEXT),
  RATING("its risk rating", true, Form.RATING),
  OWNER("who answers for it", true, Form.LINES),
  DEVELOPER("who made it", true, Form.LINES),
  ORIGIN("internal, or vendor", true, Form.ORIGIN),
  VERSION("its version", false, Form.TEXT),
  DEPLOYED("when it was put into production", false, Form.DATE),
  REVIEWER("who reviewed it", false, Form.LINES),
  APPROVER("who approved it", false, Form.LINES),
  DEPENDENCIES("what it needs to run", false, Form.LINES),
  DATA_SOURCES("where its data come from, and what they are", false, Form.LINES),
  APPROVED_USES("what it may be used for", false, Form.LINES),
  LIMITATIONS("what it cannot do, exceptions and what is required besides", false, Form.LINES),
  REVIEWED("when it was last reviewed", false, Form.DATE),
  MONITORING("how it is monitored, with exceptions", false, Form.TEXT),
  NEXT_REVIEW("when it is to be reviewed next", false, Form.DATE);

  /** In the place of what nobody knows yet. */
  public static final String UNKNOWN = "UNKNOWN";

  /** In the place of a date that there is none of. */
  public static final String NONE = "none";

  /** What a value looks like. */
  enum Form {
    ID,
    TEXT,
    LINES,
    RATING,
    ORIGIN,
    DATE
  }

  private final String words;
  private final boolean ofEvery;
  private final Form form;

  InventoryField(String words, boolean ofEvery, Form form) {
    this.words = words;
    this.ofEvery = ofEvery;
    this.form = form;
  }

  /** As files, entries and commands write it, such as {@code data-sources}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** For people. */
  public String words() {
    return words;
  }

  /** Whether even a model of negligible risk has it. */
  public boolean isOfEvery() {
    return ofEvery;
  }

  /** Whether it may be several lines. */
  public boolean isList() {
    return form == Form.LINES;
  }

  /**
   * Whether {@value #UNKNOWN} will do. Not for who answers for a model and who made it: nobody
   * could be told apart from them.
   */
  public boolean mayBeUnknown() {
    return !ofEvery || this == RATING;
  }

  Form form() {
    return form;
  }

  /** The field of this key. */
  public static Optional<InventoryField> of(String key) {
    return Arrays.stream(values()).filter(field -> field.key().equals(key)).findFirst();
  }

  /** The keys of all, in their order. */
  public static List<String> keys() {
    return Arrays.stream(values()).map(InventoryField::key).toList();
  }
}
