package dev.candor.engine.constraints;

import java.util.List;

/** An expression of {@link Expressions}; parts are numbers of others. */
sealed interface Node {

  record Nothing() implements Node {}

  record EmptyString() implements Node {}

  /** One byte of a set: bit b mod 64 of word b / 64. */
  record Bytes(long w0, long w1, long w2, long w3) implements Node {
    boolean has(int b) {
      long word =
          switch (b >> 6) {
            case 0 -> w0;
            case 1 -> w1;
            case 2 -> w2;
            default -> w3;
          };
      return (word >>> b & 1) != 0;
    }

    Bytes or(Bytes other) {
      return new Bytes(w0 | other.w0, w1 | other.w1, w2 | other.w2, w3 | other.w3);
    }
  }

  /** The first is no sequence itself. */
  record Sequence(int first, int rest) implements Node {}

  record Either(List<Integer> of) implements Node {}

  record Both(List<Integer> of) implements Node {}

  record Not(int of) implements Node {}

  record Repeat(int of, int least, int most) implements Node {}

  record Rule(int index) implements Node {}
}
