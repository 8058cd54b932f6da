package dev.candor.engine.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads a file's beginning value by value through a small buffer. Every read is checked. */
final class HeaderInput {

  private static final int BUFFER_BYTES = 64 << 10;

  private final WeightsFile file;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);

  /** Position in the file behind the buffer's limit. */
  private long bufferEnd;

  HeaderInput(WeightsFile file) {
    this.file = file;
  }

  /** Where the next value is read. */
  long position() {
    return bufferEnd - buffer.remaining();
  }

  /** Bytes of the file that are left. */
  long remaining() {
    return file.size() - position();
  }

  int uint8(String what) {
    require(1, what);
    return buffer.get() & 0xff;
  }

  short int16(String what) {
    require(2, what);
    return buffer.getShort();
  }

  int int32(String what) {
    require(4, what);
    return buffer.getInt();
  }

  long int64(String what) {
    require(8, what);
    return buffer.getLong();
  }

  /** A variable-length integer of protobuf: seven bits a byte, lowest first. */
  long varint(String what) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = uint8(what);
      value |= (next & 0x7fL) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw file.malformed(what + " is a number of more than ten bytes");
  }

  /** A length or count: an unsigned 64-bit number that must not exceed the limit. */
  int count(long limit, String what) {
    long count = int64(what);
    if (count < 0 || count > limit) {
      throw file.tooLarge(what, count, limit);
    }
    return Math.toIntExact(count);
  }

  /** A string of at most so many bytes of UTF-8. */
  String string(int limit, String what) {
    return text(count(limit, "length of " + what), what);
  }

  /** So many bytes of UTF-8. */
  String text(int length, String what) {
    if (length > remaining()) {
      throw file.truncated(what);
    }
    byte[] bytes = new byte[length];
    int done = 0;
    while (done < length) {
      require(1, what);
      int part = Math.min(buffer.remaining(), length - done);
      buffer.get(bytes, done, part);
      done += part;
    }
    return utf8(file, ByteBuffer.wrap(bytes), what);
  }

  void skip(long bytes, String what) {
    if (bytes > remaining()) {
      throw file.truncated(what);
    }
    if (bytes <= buffer.remaining()) {
      buffer.position(buffer.position() + (int) bytes);
    } else {
      bufferEnd = position() + bytes;
      buffer.clear().limit(0);
    }
  }

  /** Passes over so many texts, each of at most so many bytes behind its length. */
  void skipTexts(int texts, int limit, String what) {
    String lengthOf = "length of an element of " + what;
    for (int done = 0; done < texts; done++) {
      done += skipBuffered(texts - done, limit);
      if (done < texts) {
        skip(count(limit, lengthOf), what);
      }
    }
  }

  /**
   * Passes over those of so many texts that are whole in the buffer and of a valid length, which
   * are nearly all: a vocabulary has a hundred thousand, and is passed over before code is warm.
   *
   * @return how many
   */
  private int skipBuffered(int texts, int limit) {
    int at = buffer.position();
    int end = buffer.limit() - Long.BYTES;
    int done = 0;
    while (done < texts && at <= end) {
      long length = buffer.getLong(at);
      if (length < 0 || length > limit || length > end - at) {
        break;
      }
      at += Long.BYTES + (int) length;
      done++;
    }
    buffer.position(at);
    return done;
  }

  static String utf8(WeightsFile file, ByteBuffer bytes, String what) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw file.malformed(what + " is not UTF-8");
    }
  }

  private void require(int bytes, String what) {
    if (buffer.remaining() >= bytes) {
      return;
    }
    long position = position();
    if (bytes > file.size() - position) {
      throw file.truncated(what);
    }
    int length = (int) Math.min(BUFFER_BYTES, file.size() - position);
    buffer.clear().limit(length);
    file.fill(buffer, position);
    buffer.flip();
    bufferEnd = position + length;
  }
}
