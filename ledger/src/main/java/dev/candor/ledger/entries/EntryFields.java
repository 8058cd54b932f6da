package dev.candor.ledger.entries;

import dev.candor.ledger.LedgerException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Values of an entry, put together in their order and read by their types. */
public final class EntryFields {

  private final String kind;
  private final Map<String, String> values = new LinkedHashMap<>();

  /** Of an entry of this kind, without a value yet. */
  public EntryFields(String kind) {
    this.kind = kind;
  }

  /** A text. */
  public EntryFields put(String name, String value) {
    values.put(name, value);
    return this;
  }

  /** A number, not negative. */
  public EntryFields put(String name, long value) {
    return put(name, Long.toString(value));
  }

  /** Left out if there is none: what is absent has no line. */
  public EntryFields put(String name, Optional<String> value) {
    value.ifPresent(it -> put(name, it));
    return this;
  }

  /** A number, left out if there is none. */
  public EntryFields put(String name, OptionalLong value) {
    value.ifPresent(it -> put(name, it));
    return this;
  }

  /** The entry of them. */
  public Entry entry() {
    return new Entry(kind, values);
  }

  /**
   * Checks what an entry tells of before it is read as that.
   *
   * @throws LedgerException {@code ledger.entry-kind}
   */
  public static Entry require(Entry entry, String kind) {
    if (!entry.kind().equals(kind)) {
      throw new LedgerException(
          "entry-kind",
          "the entry is of kind " + entry.kind() + ", not " + kind,
          "Give the index of an entry of that kind.");
    }
    return entry;
  }

  /**
   * The number of this name.
   *
   * @throws LedgerException {@code ledger.entry-field}
   */
  public static long number(Entry entry, String name) {
    return parse(entry, name, entry.required(name));
  }

  /**
   * The number of this name, if there is one.
   *
   * @throws LedgerException {@code ledger.entry-field}
   */
  public static OptionalLong optionalNumber(Entry entry, String name) {
    Optional<String> value = entry.value(name);
    return value.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(parse(entry, name, value.get()));
  }

  /**
   * A commitment.
   *
   * @throws LedgerException {@code ledger.entry-field} if there is none of this name, or another
   *     thing
   */
  public static Commitment commitment(Entry entry, String name) {
    try {
      return new Commitment(entry.required(name));
    } catch (IllegalArgumentException e) {
      throw new LedgerException(
          "entry-field",
          name + " of an entry of kind " + entry.kind() + " is not 64 hexadecimal digits",
          "It was written by another version, or is not what it claims to be.");
    }
  }

  static Optional<Commitment> optionalCommitment(Entry entry, String name) {
    return entry.value(name).isEmpty() ? Optional.empty() : Optional.of(commitment(entry, name));
  }

  private static long parse(Entry entry, String name, String value) {
    if (!value.matches("0|[1-9][0-9]{0,17}")) {
      throw new LedgerException(
          "entry-field",
          name + " of an entry of kind " + entry.kind() + " is no number of 1 to 18 digits",
          "It was written by another version, or is not what it claims to be.");
    }
    return Long.parseLong(value);
  }
}
