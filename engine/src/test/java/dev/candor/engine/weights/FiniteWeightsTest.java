package dev.candor.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Abuse case A16: scales that are not numbers. */
class FiniteWeightsTest {

  /** Type number, and the byte at which each half-precision scale of a block begins. */
  private static final Map<Integer, int[]> SCALES = new HashMap<>();

  static {
    SCALES.put(1, new int[] {0, 2, 510});
    SCALES.put(2, new int[] {0});
    SCALES.put(3, new int[] {0, 2});
    SCALES.put(6, new int[] {0});
    SCALES.put(7, new int[] {0, 2});
    SCALES.put(8, new int[] {0});
    SCALES.put(10, new int[] {80, 82});
    SCALES.put(11, new int[] {108});
    SCALES.put(12, new int[] {0, 2});
    SCALES.put(13, new int[] {0, 2});
    SCALES.put(14, new int[] {208});
    SCALES.put(20, new int[] {0});
  }

  @TempDir private Path folder;

  private String code(int type, int at, byte[] value, int rows, boolean all) throws IOException {
    int rowBytes = (int) GgufTensorType.format(type).orElseThrow().bytes(256);
    byte[] data = new byte[rows * rowBytes];
    System.arraycopy(value, 0, data, at, value.length);
    byte[] header = GgufBytes.tensors(1).tensor("t", type, 0, 256, rows).withData(0);
    Path path =
        Files.write(folder.resolve("x.gguf"), new GgufBytes().raw(header).raw(data).bytes());
    return all
        ? Refusal.of("type " + type, () -> requireAll(path))
        : Refusal.of("type " + type, () -> Checkpoint.open(path).close());
  }

  private static void requireAll(Path path) {
    try (GgufFile file = GgufFile.open(path)) {
      FiniteWeights.requireAll(file, checked -> {});
    }
  }

  @Test
  void refusesEveryScaleOfEveryFormat() throws IOException {
    byte[][] notNumbers = {{0, 0x7c}, {0, (byte) 0xfc}, {1, 0x7e}, {(byte) 0xff, (byte) 0xff}};
    for (Map.Entry<Integer, int[]> format : SCALES.entrySet()) {
      for (int at : format.getValue()) {
        for (byte[] value : notNumbers) {
          assertThat(code(format.getKey(), at, value, 1, false)).isEqualTo("weights.not-finite");
          assertThat(code(format.getKey(), at, value, 3, true)).isEqualTo("weights.not-finite");
        }
      }
    }
    for (int last : new int[] {0x7f, 0xff}) {
      byte[] bfloat = {(byte) 0x80, (byte) last};
      assertThat(code(30, 510, bfloat, 1, false)).isEqualTo("weights.not-finite");
      assertThat(code(0, 1020, new byte[] {0, 0, (byte) 0x80, (byte) last}, 1, false))
          .isEqualTo("weights.not-finite");
    }
    for (int exponent : new int[] {253, 254, 255}) {
      assertThat(code(39, 0, new byte[] {(byte) exponent}, 1, false))
          .isEqualTo("weights.not-finite");
    }
  }

  @Test
  void samplesTheEndsOfALargeTensor() throws IOException {
    int rows = 4096;
    int last = rows * 144 - 144;
    byte[] infinity = {0, 0x7c};
    assertThat(code(12, 0, infinity, rows, false)).isEqualTo("weights.not-finite");
    assertThat(code(12, last, infinity, rows, false)).isEqualTo("weights.not-finite");
    // What the samples miss, the whole check finds.
    assertThat(code(12, 144, infinity, rows, true)).isEqualTo("weights.not-finite");
  }

  @Test
  void acceptsSubnormalAndLargestScales() throws IOException {
    for (byte[] value : new byte[][] {{1, 0}, {(byte) 0xff, 0x7b}}) {
      byte[] data = new byte[144];
      System.arraycopy(value, 0, data, 0, 2);
      byte[] header = GgufBytes.tensors(1).tensor("t", 12, 0, 256).withData(0);
      Path path =
          Files.write(folder.resolve("y.gguf"), new GgufBytes().raw(header).raw(data).bytes());
      try (Checkpoint checkpoint = Checkpoint.open(path)) {
        FiniteWeights.requireAll(checkpoint, checked -> {});
        assertThat(checkpoint.tensors()).hasSize(1);
      }
    }
  }
}
