package dev.candor.engine.templates;

import dev.candor.engine.TemplateException;
import java.time.LocalDateTime;

/** One rendering: what it has used of its limits, and where it is. */
final class Execution {

  private final TemplateLimits limits;
  private final LocalDateTime now;
  private int line = 1;
  private int steps;
  private int depth;
  private long built;

  Execution(TemplateLimits limits, LocalDateTime now) {
    this.limits = limits;
    this.now = now;
  }

  LocalDateTime now() {
    return now;
  }

  void at(int templateLine) {
    line = templateLine;
  }

  int line() {
    return line;
  }

  /** Charges so many steps, before what costs them is done. */
  void steps(long count) {
    if (count > limits.steps() - steps) {
      throw TemplateFailure.limit("too-many-steps", "steps", limits.steps(), line);
    }
    steps += (int) count;
  }

  /** Refuses a string or an output of so many characters, if that is too long. */
  void output(long length) {
    if (length > limits.outputCharacters()) {
      throw TemplateFailure.limit(
          "output-too-large", "characters in a string", limits.outputCharacters(), line);
    }
  }

  /** Charges for a string of so many characters, before it is built. */
  void characters(long count) {
    output(count);
    built += count;
    if (built > limits.builtCharacters()) {
      throw TemplateFailure.limit(
          "output-too-large", "characters built", limits.builtCharacters(), line);
    }
  }

  /** Goes one level down; every call is paired with {@link #leave}. */
  void enter() {
    if (++depth > limits.depth()) {
      throw TemplateFailure.limit("too-deep", "levels of evaluation", limits.depth(), line);
    }
  }

  void leave() {
    depth--;
  }

  TemplateException type(String problem) {
    return TemplateFailure.type(problem, line);
  }

  TemplateException unsupported(String construct) {
    return TemplateFailure.unsupported(construct, line);
  }
}
