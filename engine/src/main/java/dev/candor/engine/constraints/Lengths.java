package dev.candor.engine.constraints;

import dev.candor.engine.constraints.Node.Both;
import dev.candor.engine.constraints.Node.Bytes;
import dev.candor.engine.constraints.Node.Either;
import dev.candor.engine.constraints.Node.EmptyString;
import dev.candor.engine.constraints.Node.Not;
import dev.candor.engine.constraints.Node.Nothing;
import dev.candor.engine.constraints.Node.Repeat;
import dev.candor.engine.constraints.Node.Rule;
import dev.candor.engine.constraints.Node.Sequence;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** How long the shortest texts of expressions are, if they are written in some bytes only. */
final class Lengths {

  static final BitSet ALL_BYTES = new BitSet();

  static {
    ALL_BYTES.set(0, 256);
  }

  /** How many expressions are looked at to find out whether an intersection is empty. */
  private static final int MOST_SEARCHED = 20_000;

  private final Expressions expressions;
  private final BitSet alphabet;
  private final int[] rules;
  private final Map<Integer, Integer> known = new HashMap<>();

  /**
   * @param bodies of the rules
   */
  Lengths(Expressions expressions, List<Integer> bodies, BitSet alphabet) {
    this.expressions = expressions;
    this.alphabet = alphabet;
    rules = new int[bodies.size()];
    Arrays.fill(rules, Expressions.INFINITE);
    boolean changed = true;
    while (changed) {
      changed = false;
      known.clear();
      for (int i = 0; i < rules.length; i++) {
        int now = of(bodies.get(i));
        changed |= now < rules[i];
        rules[i] = Math.min(now, rules[i]);
      }
    }
    known.clear();
  }

  /** Bytes of the shortest text; {@link Expressions#INFINITE} if there is none. */
  int of(int expression) {
    Integer length = known.get(expression);
    if (length == null) {
      length = compute(expression);
      known.put(expression, length);
    }
    return length;
  }

  private int compute(int expression) {
    long length =
        switch (expressions.get(expression)) {
          case Nothing _ -> Expressions.INFINITE;
          case EmptyString _ -> 0;
          case Bytes bytes -> alphabet.stream().anyMatch(bytes::has) ? 1 : Expressions.INFINITE;
          case Sequence s -> (long) of(s.first()) + of(s.rest());
          case Either e -> e.of().stream().mapToInt(this::of).min().orElse(Expressions.INFINITE);
          case Both _, Not _ -> search(expression);
          case Repeat r -> (long) r.least() * of(r.of());
          case Rule r -> rules[r.index()];
        };
    return (int) Math.min(Expressions.INFINITE, length);
  }

  /** By going through all texts, shorter ones first. */
  private int search(int expression) {
    Map<Integer, Integer> distance = new HashMap<>();
    ArrayDeque<Integer> open = new ArrayDeque<>();
    distance.put(expression, 0);
    open.add(expression);
    while (!open.isEmpty()) {
      int next = open.remove();
      int length = Objects.requireNonNull(distance.get(next));
      if (expressions.isNullable(next)) {
        return length;
      }
      if (distance.size() > MOST_SEARCHED) {
        throw Expressions.tooComplex();
      }
      for (int b = alphabet.nextSetBit(0); b >= 0; b = alphabet.nextSetBit(b + 1)) {
        int derivative = expressions.computeDerivative(next, b);
        if (derivative != Expressions.NONE
            && distance.putIfAbsent(derivative, length + 1) == null) {
          open.add(derivative);
        }
      }
    }
    return Expressions.INFINITE;
  }
}
