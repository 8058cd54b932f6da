package dev.candor.governance.policy;

import dev.cel.common.ast.CelExpr;
import java.util.Set;
import java.util.TreeSet;

/** Walks a tree: which functions it calls, and that it is made of what policies know. */
final class CalledFunctions {

  private final Set<String> names = new TreeSet<>();

  /** Adds those of this tree. */
  void add(CelExpr tree) throws ExpressionException {
    switch (tree.getKind()) {
      case IDENT -> {}
      case CONSTANT -> {
        switch (tree.constant().getKind()) {
          case BOOLEAN_VALUE, INT64_VALUE, STRING_VALUE -> {}
          default -> throw unknown("a constant that is neither bool, int nor string");
        }
      }
      case CALL -> {
        names.add(tree.call().function());
        if (tree.call().target().isPresent()) {
          add(tree.call().target().get());
        }
        for (CelExpr argument : tree.call().args()) {
          add(argument);
        }
      }
      case LIST -> {
        for (CelExpr element : tree.list().elements()) {
          add(element);
        }
      }
      case COMPREHENSION -> {
        add(tree.comprehension().iterRange());
        add(tree.comprehension().accuInit());
        add(tree.comprehension().loopCondition());
        add(tree.comprehension().loopStep());
        add(tree.comprehension().result());
      }
      default -> throw unknown("a map, a message or a field");
    }
  }

  /** All of them, operators included. */
  Set<String> names() {
    return names;
  }

  private static ExpressionException unknown(String what) {
    return new ExpressionException(
        "it has " + what + "; policies know bool, int, string and lists", 1, 1);
  }
}
