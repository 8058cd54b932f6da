package dev.candor.ledger.verification;

import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.VerifierKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What whoever verifies has in files: keys, and checkpoints that they have seen earlier. */
public final class TrustFiles {

  private static final int MOST_BYTES_OF_KEYS = 1 << 20;

  private TrustFiles() {}

  /**
   * Keys by what a command line says.
   *
   * @param value a vkey, or a file with one a line; what names a file that is there is one
   * @throws dev.candor.ledger.LedgerException {@code ledger.unreadable}, or as {@link
   *     VerifierKey#parseLines}
   */
  public static List<VerifierKey> keys(String value) {
    Path file = Path.of(value);
    return VerifierKey.parseLines(
        Files.exists(file)
            ? new String(read(file, MOST_BYTES_OF_KEYS), StandardCharsets.UTF_8)
            : value);
  }

  /**
   * A checkpoint that was seen earlier.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.unreadable}, or as {@link
   *     SignedNote#parse} and {@link Checkpoint#parse}
   */
  public static SignedNote checkpoint(Path file) {
    SignedNote note = SignedNote.parse(read(file, SignedNote.MOST_BYTES));
    var _ = Checkpoint.parse(note.text());
    return note;
  }

  /** At most one byte more than there may be, so that whoever takes them sees that. */
  static byte[] read(Path file, int most) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(most + 1);
    } catch (IOException e) {
      throw Verification.unreadable(file, e);
    }
  }
}
