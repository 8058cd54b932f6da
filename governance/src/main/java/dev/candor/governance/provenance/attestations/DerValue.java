package dev.candor.governance.provenance.attestations;

import dev.candor.governance.GovernanceException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One value of DER (X.690): as much of it as the files of keys need.
 *
 * @param tag its single byte
 * @param content what is in it
 */
record DerValue(int tag, byte[] content) {

  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int SEQUENCE = 0x30;

  /** The constructed value {@code [1]} of its context. */
  static final int CONTEXT_1 = 0xa1;

  private static final int LONG_FORM = 0x80;
  private static final int MOST_LENGTH_BYTES = 3;

  /** A value that is made of others. */
  static DerValue of(int tag, DerValue... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (DerValue part : parts) {
      out.writeBytes(part.encoded());
    }
    return new DerValue(tag, out.toByteArray());
  }

  /**
   * The values that follow each other in some bytes.
   *
   * @throws GovernanceException {@code governance.key-malformed}
   */
  static List<DerValue> all(byte[] bytes) {
    List<DerValue> values = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int tag = bytes[at++] & 0xff;
      int length = byteAt(bytes, at++);
      if (length > LONG_FORM) {
        int count = length - LONG_FORM;
        if (count > MOST_LENGTH_BYTES) {
          throw malformed();
        }
        length = 0;
        for (int i = 0; i < count; i++) {
          length = length << 8 | byteAt(bytes, at++);
        }
      } else if (length == LONG_FORM) {
        throw malformed();
      }
      if (length > bytes.length - at) {
        throw malformed();
      }
      values.add(new DerValue(tag, Arrays.copyOfRange(bytes, at, at + length)));
      at += length;
    }
    return values;
  }

  private static int byteAt(byte[] bytes, int at) {
    if (at >= bytes.length) {
      throw malformed();
    }
    return bytes[at] & 0xff;
  }

  static GovernanceException malformed() {
    return new GovernanceException(
        "key-malformed",
        "the key is not a private key of the form PKCS#8",
        "Make a new pair with 'candor sign --new-key FILE', or convert yours: openssl pkcs8 -topk8"
            + " -nocrypt.");
  }

  /** The values it is made of. */
  List<DerValue> parts() {
    return all(content);
  }

  /** Its bytes. */
  byte[] encoded() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.length;
    if (length < LONG_FORM) {
      out.write(length);
    } else if (length < 1 << 8) {
      out.write(LONG_FORM + 1);
      out.write(length);
    } else {
      out.write(LONG_FORM + 2);
      out.write(length >> 8);
      out.write(length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
