package dev.candor.governance.evidence;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What evidence is bound to: change one part, and what was found out about the others says nothing
 * any more. docs/reference/evidence.md defines each part to the byte.
 *
 * @param model SHA-256 of the model as records name it; behind it, with a {@code +} before each,
 *     those of the adapter and the head that compute beside it
 * @param quantisation the formats of its weights, sorted, a {@code +} between, such as {@code
 *     F32+Q4_K+Q6_K}
 * @param tokenizer SHA-256 of what its tokenizer is made of
 * @param template SHA-256 of its chat template and what that reads, {@code none} if it has none
 * @param policy SHA-256 of the policy in force
 * @param profile the numeric profile it computes in
 */
public record DigestTuple(
    String model,
    String quantisation,
    String tokenizer,
    String template,
    String policy,
    String profile) {

  /** In the place of the digest of a template that is not there. */
  public static final String NO_TEMPLATE = "none";

  private static final String TITLE = "candor digest tuple 1";
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern DIGESTS = Pattern.compile("[0-9a-f]{64}(\\+[0-9a-f]{64}){0,2}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_+.-]{1,128}");

  public DigestTuple {
    require("model", model, DIGESTS);
    require("quantisation", quantisation, NAME);
    require("tokenizer", tokenizer, DIGEST);
    if (!template.equals(NO_TEMPLATE)) {
      require("template", template, DIGEST);
    }
    require("policy", policy, DIGEST);
    require("profile", profile, NAME);
  }

  /** Its parts by their names, in their order. */
  public Map<String, String> parts() {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("model", model);
    parts.put("quantisation", quantisation);
    parts.put("tokenizer", tokenizer);
    parts.put("template", template);
    parts.put("policy", policy);
    parts.put("profile", profile);
    return parts;
  }

  /** Canonical lines of ASCII: a title, then a name, a space and a value for each part. */
  public String text() {
    StringBuilder text = new StringBuilder(TITLE).append('\n');
    parts().forEach((name, value) -> text.append(name).append(' ').append(value).append('\n'));
    return text.toString();
  }

  /** SHA-256 of {@link #text}, 64 lower-case hexadecimal digits. */
  public String digest() {
    return sha256(text().getBytes(StandardCharsets.US_ASCII));
  }

  /** The names of the parts in which another differs, in their order. */
  public List<String> differences(DigestTuple other) {
    List<String> names = new ArrayList<>();
    Map<String, String> theirs = other.parts();
    parts()
        .forEach((name, value) -> {
          if (!value.equals(theirs.get(name))) {
            names.add(name);
          }
        });
    return names;
  }

  /**
   * Reads {@link #text}.
   *
   * @throws GovernanceException {@code governance.tuple-malformed} if it is of any other form
   */
  public static DigestTuple parse(String text) {
    String[] lines = text.split("\n", -1);
    String[] names = {"model", "quantisation", "tokenizer", "template", "policy", "profile"};
    if (lines.length != names.length + 2
        || !lines[0].equals(TITLE)
        || !lines[lines.length - 1].isEmpty()) {
      throw malformed("text", text);
    }
    String[] values = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      if (!lines[i + 1].startsWith(names[i] + " ")) {
        throw malformed("line " + (i + 2), lines[i + 1]);
      }
      values[i] = lines[i + 1].substring(names[i].length() + 1);
    }
    return new DigestTuple(values[0], values[1], values[2], values[3], values[4], values[5]);
  }

  /** SHA-256, 64 lower-case hexadecimal digits. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void require(String part, String value, Pattern form) {
    if (!form.matcher(value).matches()) {
      throw malformed(part, value);
    }
  }

  private static GovernanceException malformed(String part, String value) {
    return new GovernanceException(
        "tuple-malformed",
        part + " of a digest tuple is '" + PlainText.shown(value) + "'",
        "docs/reference/evidence.md describes the form of each part.");
  }
}
