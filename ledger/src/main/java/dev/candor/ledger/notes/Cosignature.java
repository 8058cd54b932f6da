package dev.candor.ledger.notes;

import dev.candor.ledger.LedgerException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A signature of a checkpoint at a time, by C2SP tlog-cosignature: 8 bytes of seconds since 1970,
 * big-endian, then the signature.
 *
 * @param seconds 0 if its maker does not say that it was the newest checkpoint then
 * @param signature of 64 bytes (Ed25519) or 2,420 bytes (ML-DSA-44); not copied
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its content
public record Cosignature(long seconds, byte[] signature) {

  private static final byte[] LABEL = "subtree/v1\n\0".getBytes(StandardCharsets.US_ASCII);

  /**
   * @throws LedgerException {@code ledger.cosignature-malformed} if the time is negative, which
   *     also is how one above 2^63 − 1 appears
   */
  public Cosignature {
    if (seconds < 0) {
      throw NoteText.malformed("cosignature", "its time is not 0 to 2^63 - 1 seconds");
    }
  }

  /**
   * Reads what stands in a note behind the id of the key.
   *
   * @throws LedgerException {@code ledger.cosignature-malformed} if there is no time or signature
   */
  public static Cosignature parse(byte[] bytes) {
    if (bytes.length <= Long.BYTES) {
      throw NoteText.malformed("cosignature", "it has " + bytes.length + " bytes");
    }
    return new Cosignature(
        ByteBuffer.wrap(bytes).getLong(), Arrays.copyOfRange(bytes, Long.BYTES, bytes.length));
  }

  /** What stands in a note behind the id of the key. */
  public byte[] bytes() {
    return ByteBuffer.allocate(Long.BYTES + signature.length)
        .putLong(seconds)
        .put(signature)
        .array();
  }

  /**
   * What is signed when this key cosigns a checkpoint at a time.
   *
   * @throws LedgerException {@code ledger.checkpoint-malformed} if the text is no checkpoint
   */
  static byte[] message(VerifierKey key, long seconds, byte[] text) {
    Checkpoint checkpoint = Checkpoint.parse(NoteText.decode("checkpoint", text));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      if (key.type() == SignatureType.ED25519_COSIGNATURE) {
        out.writeBytes("cosignature/v1\ntime " + seconds + "\n");
        out.write(text);
      } else {
        out.write(LABEL);
        writeShort(out, key.name());
        out.writeLong(seconds);
        writeShort(out, checkpoint.origin());
        out.writeLong(0);
        out.writeLong(checkpoint.size());
        out.write(checkpoint.root());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Bytes in memory are always written.
    }
    return bytes.toByteArray();
  }

  private static void writeShort(DataOutputStream out, String text) throws IOException {
    byte[] bytes = NoteText.encode("checkpoint", text);
    out.writeByte(bytes.length);
    out.write(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cosignature that
        && seconds == that.seconds
        && Arrays.equals(signature, that.signature);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(seconds) + Arrays.hashCode(signature);
  }

  @Override
  public String toString() {
    return signature.length + " bytes at " + seconds;
  }
}
