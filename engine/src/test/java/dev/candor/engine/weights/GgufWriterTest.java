package dev.candor.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.WeightsException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.weights.GgufWriter.Declaration;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWriterTest {

  @TempDir Path folder;

  /** Every field where the specification puts it. */
  @Test
  void writesTheSpecifiedLayout() throws IOException {
    Path file = folder.resolve("a.gguf");
    GgufMetadata metadata =
        new GgufMetadata().whole("n", 0xffff_ffffL).texts("t", List.of("é", "")).bool("b", true);
    List<Declaration> tensors =
        List.of(
            new Declaration("one", BlockFormat.F32, List.of(3)),
            new Declaration("two", BlockFormat.Q8_0, List.of(2, 32)));
    try (GgufWriter writer = GgufWriter.create(file, metadata, tensors)) {
      writer.write(bytes(12, 1));
      writer.write(bytes(60, 2));
      writer.write(bytes(8, 3));
      writer.finish();
    }
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(in.getInt()).isEqualTo(0x46554747);
    assertThat(in.getInt()).isEqualTo(3);
    assertThat(in.getLong()).isEqualTo(2);
    assertThat(in.getLong()).isEqualTo(3);
    assertThat(string(in)).isEqualTo("n");
    assertThat(in.getInt()).isEqualTo(4);
    assertThat(in.getInt()).isEqualTo(-1);
    assertThat(string(in)).isEqualTo("t");
    assertThat(in.getInt()).isEqualTo(9);
    assertThat(in.getInt()).isEqualTo(8);
    assertThat(in.getLong()).isEqualTo(2);
    assertThat(string(in)).isEqualTo("é");
    assertThat(string(in)).isEmpty();
    assertThat(string(in)).isEqualTo("b");
    assertThat(in.getInt()).isEqualTo(7);
    assertThat(in.get()).isEqualTo((byte) 1);

    assertThat(string(in)).isEqualTo("one");
    assertThat(in.getInt()).isEqualTo(1);
    assertThat(in.getLong()).isEqualTo(3);
    assertThat(in.getInt()).isZero();
    assertThat(in.getLong()).isZero();
    assertThat(string(in)).isEqualTo("two");
    assertThat(in.getInt()).isEqualTo(2);
    assertThat(in.getLong()).as("innermost extent first").isEqualTo(32);
    assertThat(in.getLong()).isEqualTo(2);
    assertThat(in.getInt()).isEqualTo(8);
    assertThat(in.getLong()).isEqualTo(32);

    int data = (in.position() + 31) / 32 * 32;
    assertThat(in.capacity()).isEqualTo(data + 32 + 96);
    for (int i = 0; i < 128; i++) {
      int expected = i < 12 ? 1 : i < 32 ? 0 : i < 92 ? 2 : i < 100 ? 3 : 0;
      assertThat((int) in.get(data + i)).as("byte %d of the data", i).isEqualTo(expected);
    }
  }

  /** More than the buffer holds, in pieces of odd sizes. */
  @Test
  void streamsMoreThanItBuffers() throws IOException {
    Path file = folder.resolve("large.gguf");
    int elements = 1_500_000;
    List<Declaration> tensors =
        List.of(new Declaration("x", BlockFormat.F32, List.of(3, elements / 3)));
    byte[] data = new byte[elements * 4];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 31 ^ i >> 9);
    }
    try (GgufWriter writer = GgufWriter.create(file, new GgufMetadata(), tensors)) {
      int piece = 1;
      for (int at = 0; at < data.length; at += piece) {
        piece = Math.min(data.length - at, at % 7919 * 37 + 1);
        writer.write(MemorySegment.ofArray(data).asSlice(at, piece));
      }
      writer.finish();
    }
    byte[] written = Files.readAllBytes(file);
    assertThat(ByteBuffer.wrap(written, 96, data.length)).isEqualTo(ByteBuffer.wrap(data));
  }

  @Test
  void leavesNothingBehindUnlessFinished() throws IOException {
    Path file = folder.resolve("a.gguf");
    List<Declaration> tensors = List.of(new Declaration("x", BlockFormat.F32, List.of(4)));
    try (GgufWriter writer = GgufWriter.create(file, new GgufMetadata(), tensors)) {
      writer.write(bytes(12, 1));
      assertThat(file).doesNotExist();
      assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void neverReplacesAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("a.gguf"), "precious");
    assertCode("weights.exists", () -> GgufWriter.create(file, new GgufMetadata(), List.of()));
    Path late = folder.resolve("late.gguf");
    try (GgufWriter writer = GgufWriter.create(late, new GgufMetadata(), List.of())) {
      Files.writeString(late, "precious");
      assertCode("weights.exists", writer::finish);
    }
    assertThat(file).hasContent("precious");
    assertThat(late).hasContent("precious");
  }

  @Test
  void refusesMoreBytesThanDeclared() {
    List<Declaration> tensors = List.of(new Declaration("x", BlockFormat.F32, List.of(4)));
    Path file = folder.resolve("a.gguf");
    try (GgufWriter writer = GgufWriter.create(file, new GgufMetadata(), tensors)) {
      assertThatThrownBy(() -> writer.write(bytes(17, 0)))
          .isInstanceOf(IllegalArgumentException.class);
      writer.write(bytes(16, 0));
      assertThatThrownBy(() -> writer.write(bytes(1, 0)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesWhatReadersRefuse() {
    assertCode(
        "weights.name-too-long",
        () -> new Declaration("x".repeat(64), BlockFormat.F32, List.of(1)));
    assertCode("weights.shape", () -> new Declaration("x", BlockFormat.F32, List.of()));
    assertCode("weights.shape", () -> new Declaration("x", BlockFormat.F32, List.of(1, 0)));
    assertCode(
        "weights.shape", () -> new Declaration("x", BlockFormat.F32, List.of(1, 1, 1, 1, 1)));
    Declaration twice = new Declaration("x", BlockFormat.F32, List.of(1));
    assertCode(
        "weights.duplicate",
        () ->
            GgufWriter.create(
                folder.resolve("a"), new GgufMetadata(), new ArrayList<>(List.of(twice, twice))));
    assertCode("weights.malformed-text", () -> new GgufMetadata().text("k", "a\ud800b"));
    assertCode("weights.out-of-range", () -> new GgufMetadata().whole("k", -1));
    assertCode("weights.out-of-range", () -> new GgufMetadata().whole("k", 1L << 32));
    assertThatThrownBy(() -> new GgufMetadata().bool("k", true).whole("k", 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysWhyItCannotWrite() {
    assertCode(
        "weights.io",
        () -> GgufWriter.create(folder.resolve("none/a.gguf"), new GgufMetadata(), List.of()));
  }

  private static void assertCode(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            WeightsException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.remedy()).isNotBlank();
            });
  }

  private static MemorySegment bytes(int count, int value) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[count]);
    return bytes.fill((byte) value);
  }

  private static String string(ByteBuffer in) {
    byte[] bytes = new byte[(int) in.getLong()];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
