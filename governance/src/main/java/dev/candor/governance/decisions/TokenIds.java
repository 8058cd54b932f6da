package dev.candor.governance.decisions;

import java.util.Arrays;

/** Ids of a vocabulary that nobody changes. */
public final class TokenIds {

  private final int[] ids;

  private TokenIds(int[] ids) {
    this.ids = ids;
  }

  /** A copy of these. */
  public static TokenIds of(int... ids) {
    return new TokenIds(ids.clone());
  }

  /** How many. */
  public int size() {
    return ids.length;
  }

  /** A copy. */
  public int[] toArray() {
    return ids.clone();
  }

  /** The first place at which they differ; −1 if they are the same. */
  public int mismatch(TokenIds other) {
    return Arrays.mismatch(ids, other.ids);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenIds tokens && Arrays.equals(ids, tokens.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
