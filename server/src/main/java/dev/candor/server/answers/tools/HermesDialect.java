package dev.candor.server.answers.tools;

import dev.candor.engine.constraints.CallForm;

/** Hermes of Nous Research, Qwen 2.5 and 3, and who has learnt from them. */
final class HermesDialect implements ToolDialect {

  static final CallForm FORM =
      new CallForm(
          "<tool_call>\n",
          "\n</tool_call>\n<tool_call>\n",
          "\n</tool_call>",
          "{\"name\": ",
          ", \"arguments\": ",
          "}");

  @Override
  public String name() {
    return "hermes";
  }

  @Override
  public CallForm form() {
    return FORM;
  }

  @Override
  public boolean allowsSeveral() {
    return true;
  }

  @Override
  public boolean isWrittenByTemplate() {
    return true;
  }
}
