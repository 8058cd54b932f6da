package dev.candor.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Strips that kernels write are those that {@link BlockFields} writes field by field. */
class PackStripTest {

  static List<Arguments> pathsAndFormats() {
    List<Kernels> paths = new ArrayList<>(KernelPathsTest.emitted());
    paths.add(new VectorKernels());
    paths.add(new ScalarKernels());
    return paths.stream()
        .flatMap(path -> Arrays.stream(StripFormat.values()).map(f -> Arguments.of(path, f)))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void rowsComeBackByteForByte(StripFormat format) {
    RandomInputs random = new RandomInputs(11);
    int rows = 37;
    try (Arena arena = Arena.ofConfined()) {
      Matrix w = random.matrix(arena, format.format, rows, 2 * format.format.blockElements(), true);
      Matrix strips = RandomInputs.strips(arena, w);
      MemorySegment back = arena.allocate(w.data().byteSize());
      for (int row = 0; row < rows; row++) {
        RowBlocks.write(strips, row, back, row * w.rowBytes());
      }
      assertThat(back.mismatch(w.data())).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @MethodSource("pathsAndFormats")
  void everyPathWritesTheSameBytes(Kernels kernels, StripFormat format) {
    for (int blocks = 1; blocks <= 3; blocks++) {
      RandomInputs random = new RandomInputs(blocks);
      int columns = blocks * format.format.blockElements();
      int rows = 37;
      try (Arena arena = Arena.ofConfined()) {
        Matrix w = random.matrix(arena, format.format, rows, columns, true);
        Matrix strips = RandomInputs.strips(arena, w);
        long bytes = strips.stripBytes();
        MemorySegment onHeap = MemorySegment.ofArray(new byte[(int) bytes]);
        for (MemorySegment strip : List.of(arena.allocate(bytes, 64), onHeap)) {
          for (int row = 0; row < rows; row += StripFormat.ROWS) {
            strip.fill((byte) 0x55); // All of it is written, the padding of the last one too.
            kernels.packStrip(w, row, strip);
            MemorySegment expected = strips.data().asSlice(row / StripFormat.ROWS * bytes, bytes);
            assertThat(strip.mismatch(expected))
                .as("%s: row %d of [%d, %d]", kernels.name(), row, rows, columns)
                .isEqualTo(-1);
          }
        }
      }
    }
  }
}
