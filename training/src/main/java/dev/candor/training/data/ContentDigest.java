package dev.candor.training.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** SHA-256, as {@code sha256sum} prints it. */
public final class ContentDigest {

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private ContentDigest() {}

  /** 64 lower-case hexadecimal digits. */
  public static String of(byte[] content) {
    return HexFormat.of().formatHex(sha256().digest(content));
  }

  /** Of the text in UTF-8. */
  public static String of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether it has the form of one. */
  public static boolean isDigest(String text) {
    return DIGEST.matcher(text).matches();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
