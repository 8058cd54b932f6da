package dev.candor.ledger.storage;

import dev.candor.ledger.merkle.TreeHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file {@code acknowledged}: up to which size entries are known to be durable. It is written
 * after each commit and never forced, so a loss of power may take it back or tear it, and then it
 * says less or nothing. But what it says is true: with it, bytes that decay are told from bytes
 * that a crash kept from being written.
 *
 * <p>One line of 103 characters: the size in 20 digits, the root in 64 hexadecimal digits, and the
 * first 16 of the leaf hash of the 85 characters so far, separated by spaces.
 */
record Acknowledgement(long size, byte[] root) {

  static final String NAME = "acknowledged";

  private static final Pattern LINE =
      Pattern.compile("([0-9]{20}) ([0-9a-f]{64}) ([0-9a-f]{16})\n");
  private static final int CHECKED = 85;
  private static final int LENGTH = 103;

  /** Enough to see that a file is longer than it should be. */
  static final int MOST_BYTES = LENGTH + 1;

  /** Of a ledger about which nothing is known. */
  static Acknowledgement none() {
    return new Acknowledgement(0, TreeHash.empty());
  }

  /** What the file says; empty if it is not there or not as it was written. */
  static Optional<Acknowledgement> read(StorageFolder folder) throws IOException {
    return folder.readAll(NAME, MOST_BYTES).flatMap(Acknowledgement::parse);
  }

  /** What these bytes say; empty if they are not as they are written. */
  static Optional<Acknowledgement> parse(byte[] bytes) {
    Matcher line = LINE.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    if (!line.matches()) {
      return Optional.empty();
    }
    try {
      Acknowledgement read =
          new Acknowledgement(
              Long.parseLong(line.group(1)), HexFormat.of().parseHex(line.group(2)));
      return Arrays.equals(read.bytes(), bytes) ? Optional.of(read) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  byte[] bytes() {
    String digits = Long.toString(size);
    String checked =
        "0".repeat(20 - digits.length()) + digits + " " + HexFormat.of().formatHex(root);
    byte[] hash = TreeHash.leaf(checked.getBytes(StandardCharsets.US_ASCII));
    String line = checked + " " + HexFormat.of().formatHex(hash, 0, 8) + "\n";
    return line.getBytes(StandardCharsets.US_ASCII);
  }
}
