package dev.candor.governance.explanation;

import java.util.BitSet;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Which of some spans are left of a text. Immutable, and equal to every other of the same spans.
 */
public final class Subset {

  private final int spans;
  private final BitSet kept;

  private Subset(int spans, BitSet kept) {
    this.spans = spans;
    this.kept = kept;
  }

  /** All of them. */
  public static Subset all(int spans) {
    BitSet kept = new BitSet(spans);
    kept.set(0, spans);
    return new Subset(spans, kept);
  }

  /** None of them. */
  public static Subset none(int spans) {
    return new Subset(spans, new BitSet(spans));
  }

  /**
   * Some of them.
   *
   * @param spans how many there are
   * @param indices from 0
   */
  public static Subset of(int spans, int... indices) {
    BitSet kept = new BitSet(spans);
    for (int index : indices) {
      kept.set(Objects.checkIndex(index, spans));
    }
    return new Subset(spans, kept);
  }

  /** How many spans there are, kept or not. */
  public int spans() {
    return spans;
  }

  /** How many are kept. */
  public int size() {
    return kept.cardinality();
  }

  /** Whether a span is kept. */
  public boolean has(int span) {
    return kept.get(Objects.checkIndex(span, spans));
  }

  /** The same with a span. */
  public Subset with(int span) {
    return changed(span, true);
  }

  /** The same without a span. */
  public Subset without(int span) {
    return changed(span, false);
  }

  private Subset changed(int span, boolean isKept) {
    BitSet changed = (BitSet) kept.clone();
    changed.set(Objects.checkIndex(span, spans), isKept);
    return new Subset(spans, changed);
  }

  /** What is left out here, and nothing else. */
  public Subset complement() {
    BitSet changed = (BitSet) kept.clone();
    changed.flip(0, spans);
    return new Subset(spans, changed);
  }

  /** The spans that are kept, ascending. */
  public IntStream indices() {
    return kept.stream();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Subset it && spans == it.spans && kept.equals(it.kept);
  }

  @Override
  public int hashCode() {
    return 31 * spans + kept.hashCode();
  }

  @Override
  public String toString() {
    return kept + " of " + spans;
  }
}
