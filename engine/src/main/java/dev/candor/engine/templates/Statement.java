package dev.candor.engine.templates;

import java.util.List;
import java.util.Optional;

/** What a template does. */
sealed interface Statement {

  /** Where it is in the template, from 1. */
  int line();

  record Data(Text text, int line) implements Statement {}

  record Print(Expression value, int line) implements Statement {}

  /** A condition and what it guards; the last branch may be unconditional. */
  record Branch(Optional<Expression> condition, List<Statement> body) {}

  record If(List<Branch> branches, int line) implements Statement {}

  record For(
      List<String> targets,
      Expression over,
      Optional<Expression> filter,
      List<Statement> body,
      List<Statement> otherwise,
      int line)
      implements Statement {}

  /** Assigns to names; more than one unpacks. */
  record SetNames(List<String> targets, Expression value, int line) implements Statement {}

  record SetAttribute(String namespace, String name, Expression value, int line)
      implements Statement {}

  /**
   * Assigns what the body prints, after the filters, which name {@link #BLOCK} as their operand.
   */
  record SetBlock(String target, List<Statement> body, Expression filtered, int line)
      implements Statement {

    /** The name of the body's output within {@code filtered}; no template can spell it. */
    static final String BLOCK = "(block)";
  }

  /** A parameter of a macro. */
  record Parameter(String name, Optional<Expression> absent) {}

  record DefineMacro(String name, List<Parameter> parameters, List<Statement> body, int line)
      implements Statement {}

  record Break(int line) implements Statement {}

  record Continue(int line) implements Statement {}

  /** A body that is printed as it stands, such as of a generation tag. */
  record Group(List<Statement> body, int line) implements Statement {}
}
