package dev.candor.governance.reports;

import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.SignedNote;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * How far a report has read a log: up to a signed checkpoint.
 *
 * @param note the checkpoint, as its file has it
 */
public record LogPosition(String note) {

  /** Up to this checkpoint. */
  public static LogPosition of(SignedNote note) {
    return new LogPosition(new String(note.form(), StandardCharsets.UTF_8));
  }

  /**
   * The checkpoint with its signatures.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.note-malformed}
   */
  public SignedNote signed() {
    return SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What the checkpoint says.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.note-malformed}, {@code
   *     ledger.checkpoint-malformed}
   */
  public Checkpoint checkpoint() {
    return Checkpoint.parse(signed().text());
  }

  /** How many entries were read. */
  public long size() {
    return checkpoint().size();
  }

  /** The root of the tree of these entries, 64 hexadecimal digits. */
  public String root() {
    return HexFormat.of().formatHex(checkpoint().root());
  }
}
