package dev.candor.ledger.notes;

import dev.candor.ledger.LedgerException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A text and who signed it, by C2SP signed-note: the text, an empty line, and a line for each
 * signature. What it says counts only once {@link #verifiedBy} has named a trusted key.
 *
 * @param text ends with a line feed; Unicode without control characters other than line feeds
 * @param signatures in their order; none as long as nobody has signed
 */
public record SignedNote(String text, List<Signature> signatures) {

  /** Most bytes of the whole. */
  public static final int MOST_BYTES = 1 << 20;

  /** Most signatures. */
  public static final int MOST_SIGNATURES = 100;

  private static final String WHAT = "note";
  private static final String DASH = "\u2014 ";

  /**
   * One signature.
   *
   * @param name of the key
   * @param keyId {@link VerifierKey#id}
   * @param bytes what follows the id, at least 1 byte; not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by its content
  public record Signature(String name, int keyId, byte[] bytes) {

    /**
     * @throws LedgerException {@code ledger.note-malformed} if there is no such name or signature
     */
    public Signature {
      if (!NoteText.isName(name)) {
        throw NoteText.malformed(
            WHAT, "the name of a signature is empty, too long, or has a space or a plus sign");
      }
      if (bytes.length == 0) {
        throw NoteText.malformed(WHAT, "a signature is empty");
      }
    }

    /** Whether this is the key that the signature names: it may still not be its signature. */
    public boolean names(VerifierKey key) {
      return keyId == key.id() && name.equals(key.name());
    }

    private String line() {
      byte[] all =
          ByteBuffer.allocate(Integer.BYTES + bytes.length).putInt(keyId).put(bytes).array();
      return DASH + name + " " + NoteText.base64(all) + "\n";
    }

    private static Signature parse(String line) {
      int space = line.indexOf(' ', DASH.length());
      if (!line.startsWith(DASH) || space < 0) {
        throw NoteText.malformed(WHAT, "a line behind the text is no signature");
      }
      byte[] all =
          NoteText.base64(line.substring(space + 1))
              .filter(bytes -> bytes.length > Integer.BYTES)
              .orElseThrow(() -> NoteText.malformed(WHAT, "a signature is not Base64 of one"));
      return new Signature(
          line.substring(DASH.length(), space),
          ByteBuffer.wrap(all).getInt(),
          Arrays.copyOfRange(all, Integer.BYTES, all.length));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Signature that && line().equals(that.line());
    }

    @Override
    public int hashCode() {
      return line().hashCode();
    }

    /** Name and id of the key. */
    @Override
    public String toString() {
      return NoteText.shown(name) + "+" + HexFormat.of().toHexDigits(keyId);
    }
  }

  /**
   * @throws LedgerException {@code ledger.note-malformed} if the text or the number of signatures
   *     is not as above
   */
  public SignedNote {
    signatures = List.copyOf(signatures);
    NoteText.requireCharacters(WHAT, text);
    if (!text.endsWith("\n")) {
      throw NoteText.malformed(WHAT, "its text does not end with a line feed");
    }
    if (signatures.size() > MOST_SIGNATURES) {
      throw NoteText.malformed(
          WHAT, "it has " + signatures.size() + " signatures, allowed are " + MOST_SIGNATURES);
    }
  }

  /** One that nobody has signed yet. */
  public SignedNote(String text) {
    this(text, List.of());
  }

  /**
   * Reads a note.
   *
   * @throws LedgerException {@code ledger.note-malformed} if the bytes are not exactly what {@link
   *     #form} gives for some note
   */
  public static SignedNote parse(byte[] form) {
    if (form.length > MOST_BYTES) {
      throw NoteText.malformed(WHAT, "it has " + form.length + " bytes, allowed are " + MOST_BYTES);
    }
    String all = NoteText.decode(WHAT, form);
    int split = all.lastIndexOf("\n\n");
    if (split < 0 || split + 2 == all.length() || !all.endsWith("\n")) {
      throw NoteText.malformed(WHAT, "it has no signatures behind an empty line");
    }
    List<Signature> signatures = new ArrayList<>();
    for (int at = split + 2; at < all.length(); ) {
      int end = all.indexOf('\n', at);
      signatures.add(Signature.parse(all.substring(at, end)));
      at = end + 1;
    }
    return new SignedNote(all.substring(0, split + 1), signatures);
  }

  /**
   * As it is stored and sent.
   *
   * @throws LedgerException {@code ledger.note-malformed} if nobody has signed, or if there are
   *     more than {@link #MOST_BYTES}
   */
  public byte[] form() {
    if (signatures.isEmpty()) {
      throw NoteText.malformed(WHAT, "nobody has signed it");
    }
    StringBuilder all = new StringBuilder(text).append('\n');
    signatures.forEach(signature -> all.append(signature.line()));
    byte[] form = NoteText.encode(WHAT, all.toString());
    if (form.length > MOST_BYTES) {
      throw NoteText.malformed(WHAT, "it has " + form.length + " bytes, allowed are " + MOST_BYTES);
    }
    return form;
  }

  /**
   * The same with more signatures behind those it has. A signer who has signed before gets the new
   * signature in place of the old one.
   */
  public SignedNote signedBy(List<NoteSigner> signers) {
    byte[] bytes = NoteText.encode(WHAT, text);
    List<Signature> all = new ArrayList<>(signatures);
    for (NoteSigner signer : signers) {
      VerifierKey key = signer.key();
      all.removeIf(signature -> signature.names(key));
      all.add(new Signature(key.name(), key.id(), signer.sign(bytes)));
    }
    return new SignedNote(text, all);
  }

  /**
   * Those of the known keys that signed this text. Signatures of others are passed over.
   *
   * @return at least one key, each once, in the order of the signatures
   * @throws LedgerException {@code ledger.note-signature} if a signature names a known key and is
   *     not its own, {@code ledger.note-unverified} if no known key signed, {@code
   *     ledger.key-ambiguous} if two known keys have one name and id
   */
  public List<VerifierKey> verifiedBy(List<VerifierKey> known) {
    byte[] bytes = NoteText.encode(WHAT, text);
    Set<VerifierKey> verified = new LinkedHashSet<>();
    for (Signature signature : signatures) {
      List<VerifierKey> named = known.stream().filter(signature::names).distinct().toList();
      if (named.size() > 1) {
        throw new LedgerException(
            "key-ambiguous",
            "two known keys are both " + signature,
            "Take out the one that was not given to you by its owner.");
      }
      for (VerifierKey key : named) {
        if (!key.verifies(bytes, signature.bytes())) {
          throw new LedgerException(
              "note-signature",
              "the signature of " + key + " is not of this text",
              "The note was altered or forged: trust nothing in it.");
        }
        verified.add(key);
      }
    }
    if (verified.isEmpty()) {
      throw new LedgerException(
          "note-unverified",
          "none of the " + known.size() + " known keys signed the note; signatures: " + signatures,
          "Get the key of the signer from where you can trust it.");
    }
    return List.copyOf(verified);
  }
}
