package dev.candor.engine.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes GGUF files value by value, valid or not. */
final class GgufBytes {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A file's first fields. */
  static GgufBytes header(long tensors, long keys) {
    return new GgufBytes().int32(0x46554747).int32(3).int64(tensors).int64(keys);
  }

  /** A file with a llama's name and one more key to come. */
  static GgufBytes oneKey(String key, int type) {
    return header(0, 2).text("general.architecture").int32(8).text("llama").text(key).int32(type);
  }

  /** A file with so many tensors to come and no other key than the architecture. */
  static GgufBytes tensors(long count) {
    return header(count, 1).text("general.architecture").int32(8).text("llama");
  }

  /** A tensor's entry; extents innermost first. */
  GgufBytes tensor(String name, int type, long offset, long... extents) {
    text(name).int32(extents.length);
    for (long extent : extents) {
      int64(extent);
    }
    return int32(type).int64(offset);
  }

  GgufBytes int8(int value) {
    out.write(value);
    return this;
  }

  GgufBytes int32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  GgufBytes int64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  GgufBytes text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return int64(bytes.length).raw(bytes);
  }

  GgufBytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** Zeros up to the alignment, and then so many bytes of data. */
  byte[] withData(int bytes) {
    while (out.size() % 32 != 0) {
      out.write(0);
    }
    return raw(new byte[bytes]).bytes();
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
