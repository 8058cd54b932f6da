package dev.candor.server.answers.tools;

import dev.candor.engine.constraints.CallForm;

/** Llama 3.1 to 3.3: an answer that is an object with a name and parameters, one call at a time. */
final class Llama3Dialect implements ToolDialect {

  private static final CallForm FORM =
      new CallForm("", "", "", "{\"name\": ", ", \"parameters\": ", "}");

  @Override
  public String name() {
    return "llama3-json";
  }

  @Override
  public CallForm form() {
    return FORM;
  }

  @Override
  public boolean allowsSeveral() {
    return false;
  }

  @Override
  public boolean isWrittenByTemplate() {
    return true;
  }
}
