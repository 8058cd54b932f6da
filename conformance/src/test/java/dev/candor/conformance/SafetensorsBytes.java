package dev.candor.conformance;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small safetensors file in memory, to change its values. */
record SafetensorsBytes(Path file, ByteBuffer bytes, int headerEnd, JsonObject header) {

  static SafetensorsBytes read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = Math.toIntExact(bytes.getLong(0));
    JsonObject header =
        Json.parseObject(
            new ByteArrayInputStream(bytes.array(), 8, length), Json.Limits.CONFIG, "header");
    return new SafetensorsBytes(file, bytes, 8 + length, header);
  }

  /** Sets float32 values of the first matrix whose name begins so, from {@code first} on. */
  void overwrite(String prefix, int first, int count, int bits) {
    for (String name : header.members().keySet()) {
      if (name.startsWith(prefix)
          && header.object(name).orElseThrow().list("shape").orElseThrow().size() == 2) {
        List<Object> offsets = header.object(name).orElseThrow().list("data_offsets").orElseThrow();
        int from = headerEnd + ((Long) offsets.getFirst()).intValue();
        for (int i = first; i < first + count; i++) {
          bytes.putInt(from + 4 * i, bits);
        }
        return;
      }
    }
    throw new AssertionError("no matrix begins with " + prefix);
  }

  void write() throws IOException {
    Files.write(file, bytes.array());
  }
}
