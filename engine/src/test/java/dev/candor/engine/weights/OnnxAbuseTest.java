package dev.candor.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.EngineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Abuse cases of the house's list for ONNX: lengths, extents, other files, truncation. */
class OnnxAbuseTest {

  @TempDir private Path folder;

  @BeforeEach
  void config() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"bert\"}");
  }

  /** A message's fields, one behind the other. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Message bytes(int field, byte[] value) {
      return length(field, value.length).raw(value);
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.out.toByteArray());
    }

    Message length(int field, long length) {
      varint((long) field << 3 | 2);
      varint(length);
      return this;
    }

    Message raw(byte[] value) {
      out.writeBytes(value);
      return this;
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) (rest & 0x7f | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }
  }

  private static Message floats(String name, int... extents) {
    Message tensor = new Message();
    for (int extent : extents) {
      tensor.number(1, extent);
    }
    return tensor.number(2, 1).text(8, name);
  }

  private static byte[] model(Message... initialisers) {
    Message graph = new Message().text(2, "graph");
    for (Message initialiser : initialisers) {
      graph.message(5, initialiser);
    }
    return new Message().number(1, 8).text(2, "test").message(7, graph).out.toByteArray();
  }

  private Checkpoint open(byte[] bytes) throws IOException {
    return Checkpoint.open(Files.write(folder.resolve("model.onnx"), bytes));
  }

  private String refusal(String what, byte[] bytes) throws IOException {
    Path path = Files.write(folder.resolve("model.onnx"), bytes);
    return Refusal.of(what, () -> Checkpoint.open(path).close());
  }

  @Test
  void readsBothWaysToStoreFloats() throws IOException {
    byte[] two = SafetensorsText.floats(1, -2);
    byte[] bytes = model(floats("a", 2).bytes(9, two), floats("b", 1, 2).bytes(4, two));
    try (Checkpoint checkpoint = open(bytes)) {
      assertThat(checkpoint.require("a", 2).floats()).containsExactly(1, -2);
      assertThat(checkpoint.require("b", 1, 2).floats()).containsExactly(1, -2);
    }
  }

  @Test
  void refusesValuesInOtherFiles() throws IOException {
    Message location = new Message().text(1, "location").text(2, "../../etc/passwd");
    assertThat(refusal("external", model(floats("a", 2).message(13, location).number(14, 1))))
        .isEqualTo("weights.unsupported");
  }

  @Test
  void refusesLengthsAndExtents() throws IOException {
    byte[] two = SafetensorsText.floats(1, -2);
    for (long length : new long[] {9, 1L << 31, Long.MAX_VALUE, -1}) {
      assertThat(refusal("length", model(floats("a", 2).length(9, length).raw(two))))
          .isEqualTo("weights.truncated");
    }
    for (int[] extents :
        new int[][] {
          {3}, {0}, {-1}, {1, 1, 1, 1, 2}, {1 << 30, 1 << 30, 1 << 30, 1 << 30}, {2, 2}, {}
        }) {
      assertThat(refusal("extents", model(floats("a", extents).bytes(9, two))))
          .isEqualTo("weights.malformed");
    }
    assertThat(refusal("two", model(floats("a", 2).bytes(9, two).bytes(9, two))))
        .isEqualTo("weights.malformed");
    assertThat(refusal("name", model(floats("a", 2).bytes(9, two), floats("a", 2).bytes(9, two))))
        .isEqualTo("weights.malformed");
    assertThat(
            refusal(
                "no graph",
                new Message().number(1, 8).text(2, "t").text(3, "0123456").out.toByteArray()))
        .isEqualTo("weights.malformed");
  }

  @Test
  void refusesTooManyInitialisersAndNodes() throws IOException {
    Message[] many = new Message[OnnxGraph.MAXIMUM_INITIALISERS + 1];
    for (int i = 0; i < many.length; i++) {
      many[i] = floats("t" + i, 1).bytes(9, new byte[4]);
    }
    assertThat(refusal("initialisers", model(many))).isEqualTo("weights.too-large");
    Message graph = new Message();
    for (int i = 0; i <= OnnxGraph.MAXIMUM_NODES; i++) {
      graph.message(1, new Message().text(4, "Add"));
    }
    assertThat(refusal("nodes", new Message().number(1, 8).message(7, graph).out.toByteArray()))
        .isEqualTo("weights.too-large");
  }

  @Test
  void anyCutOrFlippedBitIsReadOrRefused() throws IOException {
    byte[] whole = model(floats("a", 2).bytes(9, SafetensorsText.floats(1, -2)));
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThat(refusal("length " + length, part)).startsWith("weights.");
    }
    int refused = 0;
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try (Checkpoint checkpoint = open(flipped)) {
        checkpoint.tensors().forEach(Tensor::floats);
      } catch (EngineException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(50);
  }
}
