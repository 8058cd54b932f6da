package dev.candor.governance.provenance.attestations;

import dev.candor.governance.GovernanceException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of a text in the form of RFC 7468.
 *
 * @param label what stands after BEGIN, such as {@code PUBLIC KEY}
 * @param der what is encoded
 */
record Pem(String label, byte[] der) {

  private static final int LINE = 64;
  private static final int MOST_BYTES = 1 << 20;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

  /**
   * All blocks of a text; what stands between them is passed over, as the RFC has it.
   *
   * @throws GovernanceException {@code governance.pem-malformed} if one is not Base64, or the text
   *     is longer than a mebibyte
   */
  static List<Pem> all(byte[] text) {
    if (text.length > MOST_BYTES) {
      throw malformed("it has " + text.length + " bytes, allowed are " + MOST_BYTES);
    }
    List<Pem> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(new String(text, StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      try {
        String base64 = matcher.group(2).replaceAll("\\s", "");
        blocks.add(new Pem(matcher.group(1), Base64.getDecoder().decode(base64)));
      } catch (IllegalArgumentException e) {
        throw malformed("the block " + matcher.group(1) + " is not Base64");
      }
    }
    return blocks;
  }

  private static GovernanceException malformed(String why) {
    return new GovernanceException(
        "pem-malformed", "this is not PEM: " + why, "Give a file with -----BEGIN … lines.");
  }

  /** As text: lines of 64 characters, a line feed after each, as OpenSSL writes it. */
  String text() {
    StringBuilder text = new StringBuilder("-----BEGIN " + label + "-----\n");
    String base64 = Base64.getEncoder().encodeToString(der);
    for (int i = 0; i < base64.length(); i += LINE) {
      text.append(base64, i, Math.min(base64.length(), i + LINE)).append('\n');
    }
    return text.append("-----END ").append(label).append("-----\n").toString();
  }
}
