package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.json.JsonText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes float32 tensors as one safetensors file, as Hugging Face's libraries read it. The file
 * appears under its name only when it is whole and on disk; it replaces one of this name.
 *
 * <p>Source: the safetensors repository, README, "Format".
 */
public final class SafetensorsWriter {

  /**
   * A part of an array that is a tensor.
   *
   * @param shape extents, outermost first, each 1 or more
   * @param values its elements in row-major order from the offset on
   */
  public record FloatTensor(String name, List<Integer> shape, float[] values, int offset) {

    public FloatTensor {
      shape = List.copyOf(shape);
    }

    /** Number of elements. */
    public int size() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }
  }

  private static final int BUFFER_BYTES = 1 << 20;

  private SafetensorsWriter() {}

  /**
   * Writes a file.
   *
   * @throws WeightsException {@code weights.duplicate} if two tensors have one name, {@code
   *     weights.io} if it cannot be written
   */
  public static void write(Path file, List<FloatTensor> tensors) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (PartialFile partial = PartialFile.create(file)) {
      partial.append(header(tensors));
      for (FloatTensor tensor : tensors) {
        int size = tensor.size();
        int done = 0;
        while (done < size) {
          int count = Math.min(size - done, BUFFER_BYTES / Float.BYTES);
          buffer.clear();
          buffer.asFloatBuffer().put(tensor.values(), tensor.offset() + done, count);
          partial.append(buffer.limit(count * Float.BYTES));
          done += count;
        }
      }
      partial.publish(StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static ByteBuffer header(List<FloatTensor> tensors) {
    Map<String, Object> header = new LinkedHashMap<>();
    // Without it transformers refuses the file.
    header.put("__metadata__", Map.of("format", "pt"));
    long offset = 0;
    for (FloatTensor tensor : tensors) {
      long end = offset + (long) tensor.size() * Float.BYTES;
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", "F32");
      entry.put("shape", tensor.shape());
      entry.put("data_offsets", List.of(offset, end));
      if (header.put(tensor.name(), entry) != null) {
        throw new WeightsException(
            "duplicate",
            "two tensors would be called " + tensor.name(),
            "Give each tensor a name of its own.");
      }
      offset = end;
    }
    byte[] json = JsonText.of(header).getBytes(StandardCharsets.UTF_8);
    // Blanks behind the header, so that the tensors lie at a multiple of 8.
    int padding = -json.length & 7;
    return ByteBuffer.allocate(Long.BYTES + json.length + padding)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length + padding)
        .put(json)
        .put(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII))
        .flip();
  }
}
