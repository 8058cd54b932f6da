package dev.candor.governance.figures;

import java.util.OptionalLong;

/**
 * The entries that a figure rests on.
 *
 * @param count how many
 * @param first index of the first; none if there are none
 * @param last index of the last
 */
public record EntryRange(long count, OptionalLong first, OptionalLong last) {

  /** None. */
  public static final EntryRange NONE =
      new EntryRange(0, OptionalLong.empty(), OptionalLong.empty());

  /** With one more, which comes behind all others. */
  EntryRange with(long index) {
    return new EntryRange(
        count + 1, first.isPresent() ? first : OptionalLong.of(index), OptionalLong.of(index));
  }

  /** For people: {@code 12 entries, 40 to 97}. */
  public String words() {
    if (count == 0) {
      return "no entry";
    }
    return count == 1
        ? "entry " + first.getAsLong()
        : count + " entries, " + first.getAsLong() + " to " + last.getAsLong();
  }
}
