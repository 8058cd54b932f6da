package dev.candor.engine.templates;

import dev.candor.engine.TemplateException;

/** The errors of this package, each with the line of the template. */
final class TemplateFailure {

  private TemplateFailure() {}

  static TemplateException syntax(String problem, int line) {
    return new TemplateException(
        "syntax", at(line) + problem, "Correct the template; it is not Jinja.");
  }

  static TemplateException unsupported(String construct, int line) {
    return new TemplateException(
        "unsupported",
        at(line) + construct + " is not supported",
        "Give the chat in another way, or use a template without it.");
  }

  static TemplateException limit(String reason, String what, long allowed, int line) {
    return new TemplateException(
        reason,
        at(line) + "more " + what + " than " + allowed,
        "Use a template and messages within the limits; this template may be malicious.");
  }

  static TemplateException type(String problem, int line) {
    return new TemplateException(
        "type",
        at(line) + problem,
        "Check that the messages are of the form the template expects.");
  }

  private static String at(int line) {
    return "chat template, line " + line + ": ";
  }
}
