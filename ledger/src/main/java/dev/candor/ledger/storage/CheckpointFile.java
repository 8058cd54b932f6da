package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.SignedNote;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The files {@code checkpoint}, the latest signed one, and {@code vkeys}, the keys of all that were
 * signed, one a line. Each is replaced at once: written beside, forced, renamed, its name forced.
 */
final class CheckpointFile {

  static final String NAME = "checkpoint";
  static final String KEYS = "vkeys";

  private static final int MOST_KEYS_BYTES = 1 << 20;

  private CheckpointFile() {}

  /**
   * The latest; empty if there was none yet.
   *
   * @throws LedgerException {@code ledger.checkpoint-damaged} if the file holds something else
   */
  static Optional<SignedNote> read(StorageFolder folder) throws IOException {
    Optional<byte[]> bytes = folder.readAll(NAME, SignedNote.MOST_BYTES + 1);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      SignedNote note = SignedNote.parse(bytes.get());
      Checkpoint.parse(note.text());
      return Optional.of(note);
    } catch (LedgerException e) {
      throw new LedgerException(
          "checkpoint-damaged",
          "the file checkpoint is no signed checkpoint: " + e.getMessage(),
          "Nothing was changed. Restore the file from a copy; a crash does not leave this behind.",
          e);
    }
  }

  /** What a note says that {@link #read} gave. */
  static Checkpoint checkpoint(SignedNote note) {
    return Checkpoint.parse(note.text());
  }

  /**
   * The checkpoint of a tree: the one in the file if it is of this size and of these keys, or the
   * next, which then is in the file.
   *
   * @throws LedgerException {@code ledger.other-history} if the one before is not of this tree
   */
  static SignedNote next(
      StorageFolder folder, String origin, List<NoteSigner> signers, HashTiles tree)
      throws IOException {
    Frontier frontier = tree.frontier();
    Optional<SignedNote> before = read(folder);
    if (before.isPresent()) {
      Checkpoint last = checkpoint(before.get());
      Known.check("the file " + NAME, last, tree);
      if (last.size() == frontier.size() && isSignedBy(before.get(), signers)) {
        return before.get();
      }
    }
    Checkpoint next = new Checkpoint(origin, frontier.size(), frontier.root());
    SignedNote note = new SignedNote(next.text()).signedBy(signers);
    write(folder, note, signers);
    return note;
  }

  /**
   * @throws LedgerException {@code ledger.origin} if the checkpoint is of another one
   */
  static void requireOrigin(StorageFolder folder, String origin) throws IOException {
    Optional<Checkpoint> last = read(folder).map(CheckpointFile::checkpoint);
    if (last.isPresent() && !last.get().origin().equals(origin)) {
      throw new LedgerException(
          "origin",
          "the checkpoint is of " + last.get().origin() + ", the settings are of " + origin,
          "Open each ledger under its own origin.");
    }
  }

  /** Whether a note has signatures of exactly these keys. */
  private static boolean isSignedBy(SignedNote note, List<NoteSigner> signers) {
    return note.signatures().size() == signers.size()
        && signers.stream()
            .allMatch(signer ->
                note.signatures().stream().anyMatch(signature -> signature.names(signer.key())));
  }

  /** Puts a checkpoint in the place of the one before, its keys first. */
  private static void write(StorageFolder folder, SignedNote note, List<NoteSigner> signers)
      throws IOException {
    Set<String> keys = new LinkedHashSet<>(keys(folder));
    if (keys.addAll(signers.stream().map(signer -> signer.key().vkey()).toList())) {
      replace(folder, KEYS, (String.join("\n", keys) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    replace(folder, NAME, note.form());
  }

  /** The keys that have signed checkpoints, the first first. */
  static List<String> keys(StorageFolder folder) throws IOException {
    byte[] bytes = folder.readAll(KEYS, MOST_KEYS_BYTES).orElse(new byte[0]);
    return new String(bytes, StandardCharsets.UTF_8).lines().toList();
  }

  private static void replace(StorageFolder folder, String name, byte[] bytes) throws IOException {
    String beside = name + ".new";
    try (StorageFile file = folder.open(beside)) {
      file.truncate(0);
      file.write(0, bytes);
      file.force();
    }
    folder.rename(beside, name);
    folder.forceFolder("");
  }
}
