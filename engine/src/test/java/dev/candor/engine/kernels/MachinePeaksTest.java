package dev.candor.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.kernels.x86.Processor;
import org.junit.jupiter.api.Test;

/** That peaks are counted right is held by {@link ThroughputTest}: no kernel exceeds them. */
class MachinePeaksTest {

  @Test
  void arePresentWhereThereAreEmittedKernels() {
    try (WorkerPool pool = new PersistentWorkerPool(2)) {
      assertThat(MachinePeaks.of(pool).isPresent()).isEqualTo(Processor.here() != Processor.OTHER);
      MachinePeaks.of(pool)
          .ifPresent(peaks -> {
            try (peaks) {
              assertThat(peaks.readBytesPerSecond()).isBetween(1e8, 1e13);
              double floats = peaks.floatMultiplyAddsPerSecond();
              assertThat(floats).isBetween(1e9, 1e14);
              assertThat(peaks.int8MultiplyAddsPerSecond()).isGreaterThan(floats);
            }
          });
    }
  }
}
