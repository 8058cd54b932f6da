package dev.candor.ledger.notes;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.TreeHash;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a log says of itself at a size, by C2SP tlog-checkpoint: origin, size and root, a line each,
 * then extension lines.
 *
 * @param origin who the log is, 1 to 255 bytes
 * @param size entries of the tree
 * @param root 32 bytes: {@link dev.candor.ledger.merkle.MerkleRoot} of that tree; not copied
 * @param extensions lines of meanings of their own, none empty, at most 16
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its content
public record Checkpoint(String origin, long size, byte[] root, List<String> extensions) {

  /** Most extension lines. */
  public static final int MOST_EXTENSIONS = 16;

  private static final String WHAT = "checkpoint";

  /**
   * @throws LedgerException {@code ledger.checkpoint-malformed} if a part is not as above
   */
  public Checkpoint {
    extensions = List.copyOf(extensions);
    requireLine("the origin", origin);
    if (NoteText.encode(WHAT, origin).length > NoteText.MOST_NAME_BYTES) {
      throw NoteText.malformed(
          WHAT, "the origin has more than " + NoteText.MOST_NAME_BYTES + " bytes");
    }
    if (size < 0) {
      throw NoteText.malformed(WHAT, "the size is negative");
    }
    if (root.length != TreeHash.BYTES) {
      throw NoteText.malformed(WHAT, "the root has " + root.length + " bytes, not 32");
    }
    if (extensions.size() > MOST_EXTENSIONS) {
      throw NoteText.malformed(
          WHAT, extensions.size() + " extension lines, allowed are " + MOST_EXTENSIONS);
    }
    extensions.forEach(line -> requireLine("an extension line", line));
  }

  /** One without extension lines. */
  public Checkpoint(String origin, long size, byte[] root) {
    this(origin, size, root, List.of());
  }

  /**
   * Reads the text of a note.
   *
   * @throws LedgerException {@code ledger.checkpoint-malformed} if it is not exactly what {@link
   *     #text} gives for some checkpoint
   */
  public static Checkpoint parse(String text) {
    NoteText.requireCharacters(WHAT, text);
    if (!text.endsWith("\n")) {
      throw NoteText.malformed(WHAT, "it does not end with a line feed");
    }
    List<String> lines = Arrays.asList(text.substring(0, text.length() - 1).split("\n", -1));
    if (lines.size() < 3) {
      throw NoteText.malformed(WHAT, "it has less than 3 lines");
    }
    long size =
        NoteText.number(lines.get(1))
            .orElseThrow(() ->
                NoteText.malformed(
                    WHAT, "the size is not a number to 2^63 - 1 without a leading zero"));
    Optional<byte[]> root = NoteText.base64(lines.get(2));
    return new Checkpoint(
        lines.getFirst(),
        size,
        root.orElseThrow(() -> NoteText.malformed(WHAT, "the root is not Base64")),
        lines.subList(3, lines.size()));
  }

  /** The text to sign. */
  public String text() {
    StringBuilder text = new StringBuilder(128);
    text.append(origin).append('\n').append(size).append('\n');
    text.append(NoteText.base64(root)).append('\n');
    extensions.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  private static void requireLine(String what, String line) {
    if (line.isEmpty() || line.chars().anyMatch(c -> c < 0x20)) {
      throw NoteText.malformed(WHAT, what + " is empty or has a control character");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Checkpoint that && text().equals(that.text());
  }

  @Override
  public int hashCode() {
    return text().hashCode();
  }
}
