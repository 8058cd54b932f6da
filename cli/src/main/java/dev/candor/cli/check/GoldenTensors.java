package dev.candor.cli.check;

import dev.candor.engine.WeightsException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The expected values of a golden file: float32 arrays of a safetensors file, read as a whole. */
final class GoldenTensors {

  private static final long MOST_BYTES = 1L << 30;

  private final Map<String, float[]> arrays = new TreeMap<>();

  private GoldenTensors() {}

  /** Reads a file; {@code weights.malformed} if it is not a safetensors file of float32 arrays. */
  static GoldenTensors read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw malformed(file, "it has more than " + MOST_BYTES + " bytes");
      }
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      if (bytes.remaining() < 8) {
        throw malformed(file, "it ends within the length of its header");
      }
      long headerLength = bytes.getLong();
      if (headerLength < 2 || headerLength > bytes.remaining()) {
        throw malformed(file, "its header would have " + headerLength + " bytes");
      }
      byte[] header = new byte[(int) headerLength];
      bytes.get(header);
      return read(
          file,
          Json.parseObject(new ByteArrayInputStream(header), Json.Limits.CONFIG, file.toString()),
          bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GoldenTensors read(Path file, JsonObject header, ByteBuffer data) {
    GoldenTensors tensors = new GoldenTensors();
    for (String name : header.members().keySet()) {
      if (name.equals("__metadata__")) {
        continue;
      }
      JsonObject tensor = header.object(name).orElseThrow(() -> malformed(file, name + " is null"));
      Object[] offsets = tensor.list("data_offsets").orElseThrow().toArray();
      if (!tensor.string("dtype").equals("F32")
          || offsets.length != 2
          || !(offsets[0] instanceof Long from)
          || !(offsets[1] instanceof Long to)
          || from < 0
          || to < from
          || to > data.limit()
          || (to - from) % 4 != 0) {
        throw malformed(file, name + " is not a float32 array within the file");
      }
      float[] values = new float[(int) ((to - from) / 4)];
      data.slice(from.intValue(), (int) (to - from))
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
      tensors.arrays.put(name, values);
    }
    return tensors;
  }

  private static WeightsException malformed(Path file, String reason) {
    return new WeightsException(
        "malformed", file + ": " + reason, "Use a complete file of golden outputs.");
  }

  Set<String> names() {
    return arrays.keySet();
  }

  /** An array's elements, row-major. */
  Optional<float[]> find(String name) {
    return Optional.ofNullable(arrays.get(name));
  }
}
