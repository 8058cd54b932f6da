package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Processor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every path but the definition itself: vectors of each width, and machine code where it runs. */
class KernelPathsTest {

  private static final List<KernelProperties> PATHS = new ArrayList<>();

  static {
    for (int bits : new int[] {128, 256, 512}) {
      PATHS.add(VectorWidth.load(bits));
    }
    for (Kernels emitted : emitted()) {
      PATHS.add(new KernelComparison(emitted));
    }
  }

  /** Machine code of every kind that this processor runs. */
  static List<Kernels> emitted() {
    return switch (Processor.here()) {
      case OTHER -> List.of();
      case AVX2 -> List.of(new EmittedKernels(Processor.AVX2));
      case AVX512 ->
          List.of(new EmittedKernels(Processor.AVX2), new EmittedKernels(Processor.AVX512));
    };
  }

  static List<KernelProperties> paths() {
    return PATHS;
  }

  static List<Arguments> pathsAndFormats() {
    List<Arguments> all = new ArrayList<>();
    for (KernelProperties path : PATHS) {
      for (BlockFormat format : BlockFormat.values()) {
        all.add(Arguments.of(path, format));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("pathsAndFormats")
  void multiplies(KernelProperties path, BlockFormat format) {
    path.multiplies(format.name());
  }

  @ParameterizedTest
  @MethodSource("pathsAndFormats")
  void worksAlikeInParts(KernelProperties path, BlockFormat format) {
    path.worksAlikeInParts(format.name());
  }

  @ParameterizedTest
  @MethodSource("pathsAndFormats")
  void dequantizes(KernelProperties path, BlockFormat format) {
    path.dequantizes(format.name());
  }

  @ParameterizedTest
  @MethodSource("paths")
  void roundsInputs(KernelProperties path) {
    path.roundsInputs();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void sumsAndNorms(KernelProperties path) {
    path.sumsAndNorms();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void elementWiseFunctions(KernelProperties path) {
    path.elementWiseFunctions();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void rotates(KernelProperties path) {
    path.rotates();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void attention(KernelProperties path) {
    path.attention();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void everyHalf(KernelProperties path) {
    path.everyHalf();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void storedRowsReadBack(KernelProperties path) {
    path.storedRowsReadBack();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void selectiveScan(KernelProperties path) {
    path.selectiveScan();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void operandsAreChecked(KernelProperties path) {
    path.operandsAreChecked();
  }
}
