package dev.candor.ledger.verification;

import dev.candor.ledger.merkle.TreeHash;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file {@code acknowledged}: the size in 20 digits, the root, and the first 16 hexadecimal
 * digits of the leaf hash of the characters before them. It is written after each commit and never
 * forced: a loss of power may take it back or empty it, but not make something else of it.
 */
final class AcknowledgementCheck {

  private static final String FILE = "acknowledged";
  private static final int LENGTH = 103;
  private static final Pattern LINE =
      Pattern.compile("(([0-9]{20}) ([0-9a-f]{64})) ([0-9a-f]{16})\n");

  private AcknowledgementCheck() {}

  static void begin(Verification verification) {
    Optional<byte[]> file = verification.read(FILE, LENGTH + 1);
    if (file.isEmpty() || file.get().length == 0) {
      return;
    }
    Matcher line = LINE.matcher(new String(file.get(), StandardCharsets.ISO_8859_1));
    if (line.matches() && line.group(2).compareTo("09223372036854775807") <= 0) {
      byte[] hash = TreeHash.leaf(line.group(1).getBytes(StandardCharsets.US_ASCII));
      if (HexFormat.of().formatHex(hash, 0, 8).equals(line.group(4))) {
        verification.expect(
            new Verification.Expectation(
                Long.parseLong(line.group(2)),
                HexFormat.of().parseHex(line.group(3)),
                "what was acknowledged",
                Optional.of(FILE)));
        return;
      }
    }
    // It is never forced, so a loss of power may leave the length and none of the bytes.
    boolean blank = true;
    for (byte b : file.get()) {
      blank &= b == 0;
    }
    verification.findings.add(
        (blank
                ? Finding.remark(
                    "acknowledgement-lost",
                    "it holds zeros: a loss of power took what it said, the next commit writes it anew")
                : Finding.wrong(
                    "acknowledgement-malformed",
                    "it is not the line that the ledger writes after a commit"))
            .in(FILE, 0));
  }
}
