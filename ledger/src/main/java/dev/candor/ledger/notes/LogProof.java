package dev.candor.ledger.notes;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.InclusionProof;
import dev.candor.ledger.merkle.TreeHash;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * That an entry was logged, for who has no access to the log: the entry's index, its inclusion
 * proof and the checkpoint of the tree, by C2SP tlog-proof. Such a file ends in {@code
 * .tlog-proof}.
 *
 * @param extra what the application adds, nobody vouches for it; empty if there is nothing; not
 *     copied
 * @param proof of the entry, in the tree of the checkpoint
 * @param checkpoint as signed by the log, with whatever cosignatures it has
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its content
public record LogProof(byte[] extra, InclusionProof proof, SignedNote checkpoint) {

  /** Most bytes of {@link #extra}. */
  public static final int MOST_EXTRA_BYTES = 1 << 20;

  /** Most bytes of the whole: extra in Base64, the note, and 64 hashes. */
  public static final int MOST_BYTES = 3 << 20;

  private static final String WHAT = "proof";
  private static final String HEADER = "c2sp.org/tlog-proof@v1";
  private static final String EXTRA = "extra ";
  private static final String INDEX = "index ";

  /**
   * @throws LedgerException {@code ledger.proof-malformed} if extra is too large or the proof is
   *     for a tree of another size than the checkpoint's, {@code ledger.checkpoint-malformed} if
   *     the note is no checkpoint
   */
  public LogProof {
    if (extra.length > MOST_EXTRA_BYTES) {
      throw NoteText.malformed(
          WHAT, "extra has " + extra.length + " bytes, allowed are " + MOST_EXTRA_BYTES);
    }
    long size = Checkpoint.parse(checkpoint.text()).size();
    if (proof.size() != size) {
      throw NoteText.malformed(
          WHAT, "it is for a tree of " + proof.size() + " entries, the checkpoint for " + size);
    }
  }

  /**
   * Reads a proof.
   *
   * @throws LedgerException {@code ledger.proof-malformed}, {@code ledger.note-malformed} or {@code
   *     ledger.checkpoint-malformed} if the bytes are not exactly what {@link #form} gives for some
   *     proof, {@code ledger.tree-range} if the checkpoint's tree has no entry of this index
   */
  public static LogProof parse(byte[] form) {
    if (form.length > MOST_BYTES) {
      throw NoteText.malformed(WHAT, "it has " + form.length + " bytes, allowed are " + MOST_BYTES);
    }
    int end = emptyLine(form);
    String head = NoteText.decode(WHAT, Arrays.copyOf(form, end));
    List<String> lines = new ArrayList<>(Arrays.asList(head.split("\n", -1)));
    if (!lines.removeFirst().equals(HEADER)) {
      throw NoteText.malformed(WHAT, "its first line is not " + HEADER);
    }
    byte[] extra = new byte[0];
    if (!lines.isEmpty() && lines.getFirst().startsWith(EXTRA)) {
      extra =
          NoteText.base64(lines.removeFirst().substring(EXTRA.length()))
              .filter(bytes -> bytes.length > 0)
              .orElseThrow(() -> NoteText.malformed(WHAT, "its extra data is not Base64 of any"));
    }
    if (lines.isEmpty() || !lines.getFirst().startsWith(INDEX)) {
      throw NoteText.malformed(WHAT, "it has no line with the index");
    }
    long index =
        NoteText.number(lines.removeFirst().substring(INDEX.length()))
            .orElseThrow(() ->
                NoteText.malformed(
                    WHAT, "the index is not a number to 2^63 - 1 without a leading zero"));
    List<byte[]> hashes = new ArrayList<>();
    for (String line : lines) {
      hashes.add(
          NoteText.base64(line)
              .filter(bytes -> bytes.length == TreeHash.BYTES)
              .orElseThrow(() -> NoteText.malformed(WHAT, "a hash is not Base64 of 32 bytes")));
    }
    SignedNote checkpoint = SignedNote.parse(Arrays.copyOfRange(form, end + 2, form.length));
    long size = Checkpoint.parse(checkpoint.text()).size();
    return new LogProof(extra, new InclusionProof(index, size, hashes), checkpoint);
  }

  /**
   * As it is stored and sent.
   *
   * @throws LedgerException {@code ledger.note-malformed} if nobody signed the checkpoint
   */
  public byte[] form() {
    StringBuilder head = new StringBuilder(HEADER).append('\n');
    if (extra.length > 0) {
      head.append(EXTRA).append(NoteText.base64(extra)).append('\n');
    }
    head.append(INDEX).append(proof.index()).append('\n');
    proof.hashes().forEach(hash -> head.append(NoteText.base64(hash)).append('\n'));
    ByteArrayOutputStream form = new ByteArrayOutputStream();
    form.writeBytes(NoteText.encode(WHAT, head.append('\n').toString()));
    form.writeBytes(checkpoint.form());
    return form.toByteArray();
  }

  /**
   * Whether this entry was logged where the policy trusts.
   *
   * @param leafHash {@link TreeHash#leaf} of the entry
   * @return the checkpoint, and who vouches for it
   * @throws LedgerException what {@link WitnessPolicy#check} throws, or {@code
   *     ledger.proof-inclusion} if the checkpoint counts and the entry is not in it
   */
  public WitnessPolicy.Accepted verify(byte[] leafHash, WitnessPolicy policy) {
    WitnessPolicy.Accepted accepted = policy.check(checkpoint);
    if (!proof.proves(leafHash, accepted.checkpoint().root())) {
      throw new LedgerException(
          "proof-inclusion",
          "the entry is not the one with index "
              + proof.index()
              + " of the "
              + proof.size()
              + " that the checkpoint is of",
          "The entry or the proof was altered: trust neither.");
    }
    return accepted;
  }

  private static int emptyLine(byte[] form) {
    for (int i = 0; i + 1 < form.length; i++) {
      if (form[i] == '\n' && form[i + 1] == '\n') {
        return i;
      }
    }
    throw NoteText.malformed(WHAT, "it has no checkpoint behind an empty line");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LogProof that
        && Arrays.equals(extra, that.extra)
        && proof.equals(that.proof)
        && checkpoint.equals(that.checkpoint);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(extra) + proof.hashCode()) + checkpoint.hashCode();
  }
}
