package dev.candor.engine.constraints;

import dev.candor.engine.GenerationException;
import dev.candor.engine.constraints.Node.Both;
import dev.candor.engine.constraints.Node.Bytes;
import dev.candor.engine.constraints.Node.Either;
import dev.candor.engine.constraints.Node.EmptyString;
import dev.candor.engine.constraints.Node.Not;
import dev.candor.engine.constraints.Node.Nothing;
import dev.candor.engine.constraints.Node.Repeat;
import dev.candor.engine.constraints.Node.Rule;
import dev.candor.engine.constraints.Node.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Languages of byte strings as expressions, and their derivatives (Brzozowski, "Derivatives of
 * Regular Expressions", J. ACM 11 (1964)): the derivative of L by a byte b is what may follow b in
 * L. So an expression is a state of an automaton and its derivatives are the transitions, made when
 * they are first taken. Rules may refer to each other, also recursively; the expression then grows
 * as a stack would. Equal expressions are one node, a number.
 *
 * <p>Not safe for use by many threads.
 */
final class Expressions {

  /** The language without any string. */
  static final int NONE = 0;

  /** The language of the empty string alone. */
  static final int EMPTY = 1;

  /** No limit of repetitions. */
  static final int UNBOUNDED = Integer.MAX_VALUE;

  /** A language without a string has no shortest one. */
  static final int INFINITE = 1 << 28;

  /** More expressions than this take too much memory; each has up to 256 transitions. */
  private static final int MOST_NODES = 200_000;

  private static final int UNKNOWN = -1;

  private final List<Node> nodes = new ArrayList<>();
  private final Map<Node, Integer> numbers = new HashMap<>();
  private final List<Boolean> nullable = new ArrayList<>();

  /** Whether a node has an intersection or a complement in it, so that it may be empty unseen. */
  private final List<Boolean> mayBeEmpty = new ArrayList<>();

  private Lengths lengths;
  private final Map<Integer, Integer> shortened = new HashMap<>();
  private int shortenedTo;
  private int[][] transitions = new int[64][];

  private final List<Integer> bodies = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private boolean[] ruleNullable = new boolean[0];
  private final List<Integer> inProgress = new ArrayList<>();

  Expressions() {
    node(new Nothing());
    node(new EmptyString());
    lengths = new Lengths(this, bodies, Lengths.ALL_BYTES);
  }

  // Making expressions.

  private int node(Node node) {
    Integer known = numbers.get(node);
    if (known != null) {
      return known;
    }
    if (nodes.size() == MOST_NODES) {
      throw tooComplex();
    }
    int number = nodes.size();
    nodes.add(node);
    numbers.put(node, number);
    nullable.add(computeNullable(node));
    mayBeEmpty.add(computeMayBeEmpty(node));
    return number;
  }

  static GenerationException tooComplex() {
    return new GenerationException(
        "constraint-too-complex",
        "the constraint needs more than " + MOST_NODES + " states",
        "Simplify it: smaller bounds, fewer alternatives.");
  }

  /** One byte in [from, to]. */
  int bytes(int from, int to) {
    long[] words = new long[4];
    for (int b = from; b <= to; b++) {
      words[b >> 6] |= 1L << b;
    }
    return node(new Bytes(words[0], words[1], words[2], words[3]));
  }

  /** These bytes. */
  int literal(byte[] text) {
    int expression = EMPTY;
    for (int i = text.length - 1; i >= 0; i--) {
      int b = text[i] & 0xFF;
      expression = sequence(bytes(b, b), expression);
    }
    return expression;
  }

  /** Whatever there is. */
  int anything() {
    return not(NONE);
  }

  int sequence(int... parts) {
    int expression = EMPTY;
    for (int i = parts.length - 1; i >= 0; i--) {
      expression = sequence(parts[i], expression);
    }
    return expression;
  }

  private int sequence(int first, int rest) {
    if (first == NONE || rest == NONE) {
      return NONE;
    }
    if (first == EMPTY) {
      return rest;
    }
    if (rest == EMPTY) {
      return first;
    }
    if (nodes.get(first) instanceof Sequence s) {
      return sequence(s.first(), sequence(s.rest(), rest));
    }
    return node(new Sequence(first, rest));
  }

  int either(int... alternatives) {
    return either(Arrays.stream(alternatives).boxed().toList());
  }

  int either(List<Integer> alternatives) {
    TreeSet<Integer> distinct = new TreeSet<>();
    Bytes bytes = null;
    for (int alternative : flatten(alternatives, true)) {
      Node node = nodes.get(alternative);
      if (node instanceof Bytes b) {
        bytes = bytes == null ? b : bytes.or(b);
      } else if (node instanceof Not not && not.of() == NONE) {
        return alternative;
      } else if (alternative != NONE) {
        distinct.add(alternative);
      }
    }
    if (bytes != null) {
      distinct.add(node(bytes));
    }
    return switch (distinct.size()) {
      case 0 -> NONE;
      case 1 -> distinct.first();
      default -> node(new Either(List.copyOf(distinct)));
    };
  }

  int both(int left, int right) {
    return both(List.of(left, right));
  }

  private int both(List<Integer> parts) {
    TreeSet<Integer> distinct = new TreeSet<>();
    for (int part : flatten(parts, false)) {
      if (part == NONE) {
        return NONE;
      }
      if (!(nodes.get(part) instanceof Not not && not.of() == NONE)) {
        distinct.add(part);
      }
    }
    return switch (distinct.size()) {
      case 0 -> anything();
      case 1 -> distinct.first();
      default -> node(new Both(List.copyOf(distinct)));
    };
  }

  private List<Integer> flatten(List<Integer> parts, boolean isEither) {
    List<Integer> flat = new ArrayList<>();
    for (int part : parts) {
      switch (nodes.get(part)) {
        case Either e when isEither -> flat.addAll(e.of());
        case Both b when !isEither -> flat.addAll(b.of());
        default -> flat.add(part);
      }
    }
    return flat;
  }

  /** Every string that is not in the language; of expressions without rules only. */
  int not(int expression) {
    return nodes.get(expression) instanceof Not n ? n.of() : node(new Not(expression));
  }

  int optional(int expression) {
    return either(expression, EMPTY);
  }

  /**
   * @param most {@link #UNBOUNDED} for no limit
   */
  int repeat(int expression, int least, int most) {
    if (most == 0 || expression == EMPTY) {
      return EMPTY;
    }
    if (expression == NONE) {
      return least == 0 ? EMPTY : NONE;
    }
    return least == 1 && most == 1 ? expression : node(new Repeat(expression, least, most));
  }

  /** A rule that {@link #define} gives its body later. */
  int rule(String name) {
    bodies.add(UNKNOWN);
    names.add(name);
    ruleNullable = Arrays.copyOf(ruleNullable, bodies.size());
    return node(new Rule(bodies.size() - 1));
  }

  void define(int rule, int body) {
    bodies.set(((Rule) nodes.get(rule)).index(), body);
  }

  /**
   * Must be called once all rules are defined, before anything is asked.
   *
   * @throws GenerationException {@code generation.constraint-unsatisfiable} if a rule has no string
   */
  void seal() {
    boolean changed = true;
    while (changed) {
      changed = false;
      nullable.clear();
      for (Node node : nodes) {
        nullable.add(computeNullable(node));
      }
      for (int i = 0; i < ruleNullable.length; i++) {
        if (!ruleNullable[i] && nullable.get(bodies.get(i))) {
          ruleNullable[i] = true;
          changed = true;
        }
      }
    }
    lengths = new Lengths(this, bodies, Lengths.ALL_BYTES);
    for (int i = 0; i < names.size(); i++) {
      if (lengths.of(bodies.get(i)) >= INFINITE) {
        throw new GenerationException(
            "constraint-unsatisfiable",
            names.get(i) + " has no text that fits",
            "Give it an alternative that ends.");
      }
    }
  }

  // Asking.

  private boolean computeNullable(Node node) {
    return switch (node) {
      case Nothing _, Bytes _ -> false;
      case EmptyString _ -> true;
      case Sequence s -> nullable.get(s.first()) && nullable.get(s.rest());
      case Either e -> e.of().stream().anyMatch(nullable::get);
      case Both b -> b.of().stream().allMatch(nullable::get);
      case Not n -> !nullable.get(n.of());
      case Repeat r -> r.least() == 0 || nullable.get(r.of());
      case Rule r -> ruleNullable[r.index()];
    };
  }

  private boolean computeMayBeEmpty(Node node) {
    return switch (node) {
      case Nothing _, EmptyString _, Bytes _, Rule _ -> false;
      case Sequence s -> mayBeEmpty.get(s.first()) || mayBeEmpty.get(s.rest());
      case Either e -> e.of().stream().anyMatch(mayBeEmpty::get);
      case Both _, Not _ -> true;
      case Repeat r -> mayBeEmpty.get(r.of());
    };
  }

  /** Whether the empty string is in the language: a text may end here. */
  boolean isNullable(int expression) {
    return nullable.get(expression);
  }

  /** What may follow the byte; {@link #NONE} if it must not come. */
  int derive(int expression, int b) {
    if (expression >= transitions.length) {
      transitions = Arrays.copyOf(transitions, Math.max(nodes.size(), 2 * transitions.length));
    }
    int[] row = transitions[expression];
    if (row == null) {
      row = new int[256];
      Arrays.fill(row, UNKNOWN);
      transitions[expression] = row;
    }
    if (row[b] == UNKNOWN) {
      int derivative = computeDerivative(expression, b);
      if (mayBeEmpty.get(derivative) && shortest(derivative) >= INFINITE) {
        derivative = NONE;
      }
      row[b] = derivative;
    }
    return row[b];
  }

  int computeDerivative(int expression, int b) {
    return switch (nodes.get(expression)) {
      case Nothing _, EmptyString _ -> NONE;
      case Bytes bytes -> bytes.has(b) ? EMPTY : NONE;
      case Sequence s -> {
        int derivative = sequence(derive(s.first(), b), s.rest());
        yield nullable.get(s.first()) ? either(derivative, derive(s.rest(), b)) : derivative;
      }
      case Either e -> either(e.of().stream().map(part -> derive(part, b)).toList());
      case Both both -> both(both.of().stream().map(part -> derive(part, b)).toList());
      case Not n -> not(derive(n.of(), b));
      case Repeat r ->
          sequence(
              derive(r.of(), b),
              repeat(
                  r.of(),
                  Math.max(0, r.least() - 1),
                  r.most() == UNBOUNDED ? UNBOUNDED : r.most() - 1));
      case Rule r -> deriveRule(r.index(), b);
    };
  }

  private int deriveRule(int index, int b) {
    if (inProgress.contains(index)) {
      throw new GenerationException(
          "grammar-left-recursive",
          "the rule " + names.get(index) + " begins with itself",
          "Write it so that something comes before the recursion.");
    }
    inProgress.add(index);
    try {
      return derive(bodies.get(index), b);
    } finally {
      inProgress.removeLast();
    }
  }

  /** Bytes of the shortest string; {@link #INFINITE} if there is none. */
  int shortest(int expression) {
    return lengths.of(expression);
  }

  /** The same of texts of some bytes only. */
  Lengths lengths(BitSet alphabet) {
    return alphabet.equals(Lengths.ALL_BYTES) ? lengths : new Lengths(this, bodies, alphabet);
  }

  Node get(int expression) {
    return nodes.get(expression);
  }

  /**
   * The same, as far as the next bytes can tell, with counts of repetitions that cannot be reached
   * within them left out: states of a long text with a limit become few.
   *
   * @param bytes how many bytes
   */
  int shorten(int expression, int bytes) {
    if (bytes != shortenedTo) {
      shortened.clear();
      shortenedTo = bytes;
    }
    Integer known = shortened.get(expression);
    if (known != null) {
      return known;
    }
    int result =
        switch (nodes.get(expression)) {
          case Nothing _, EmptyString _, Bytes _, Rule _, Both _, Not _ -> expression;
          case Sequence s -> sequence(shorten(s.first(), bytes), shorten(s.rest(), bytes));
          case Either e -> either(e.of().stream().map(part -> shorten(part, bytes)).toList());
          case Repeat r ->
              repeat(r.of(), Math.min(r.least(), bytes), r.most() > bytes ? UNBOUNDED : r.most());
        };
    shortened.put(expression, result);
    return result;
  }
}
