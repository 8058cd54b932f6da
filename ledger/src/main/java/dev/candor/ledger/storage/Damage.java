package dev.candor.ledger.storage;

import java.util.OptionalLong;

/**
 * Something in the files of a ledger that is not as it was written.
 *
 * @param file its name within the folder of the ledger
 * @param offset the byte from which on it is wrong, as far as can be told
 * @param entry the first entry that it concerns, if it concerns entries
 * @param what is wrong
 */
public record Damage(String file, long offset, OptionalLong entry, String what) {

  static Damage of(String file, long offset, String what) {
    return new Damage(file, offset, OptionalLong.empty(), what);
  }

  static Damage of(String file, long offset, long entry, String what) {
    return new Damage(file, offset, OptionalLong.of(entry), what);
  }

  @Override
  public String toString() {
    return file
        + " from byte "
        + offset
        + (entry.isPresent() ? ", entry " + entry.getAsLong() : "")
        + ": "
        + what;
  }
}
