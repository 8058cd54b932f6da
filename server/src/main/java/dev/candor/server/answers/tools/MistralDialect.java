package dev.candor.server.answers.tools;

import dev.candor.engine.constraints.CallForm;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Mistral from version 0.3 of its tokenizer on: a control token, then a list of calls. */
final class MistralDialect implements ToolDialect {

  private static final CallForm FORM =
      new CallForm("[TOOL_CALLS][", ", ", "]", "{\"name\": ", ", \"arguments\": ", "}");

  @Override
  public String name() {
    return "mistral";
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

  /** Its template takes ids of nine letters and digits and no others. */
  @Override
  public String callId(String decision, int choice, int index) {
    try {
      byte[] name = (decision + " " + choice + " " + index).getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(name);
      return HexFormat.of().formatHex(hash, 0, 5).substring(0, 9);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
