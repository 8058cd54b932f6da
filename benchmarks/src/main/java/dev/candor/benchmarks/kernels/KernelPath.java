package dev.candor.benchmarks.kernels;

import dev.candor.engine.kernels.GradientKernels;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.MachinePeaks;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What every benchmark computes with: a path of {@link KernelSelector}, by one thread. */
@State(Scope.Benchmark)
public class KernelPath {

  /** {@link KernelBenchmarks} leaves out those that do not work here. */
  @Param({"emitted", "emitted-avx2", "vector", "scalar"})
  public String kernels = "";

  private Kernels chosen = KernelSelector.choose("scalar").kernels();
  private GradientKernels gradients = GradientKernels.beside(chosen);

  @Setup
  public void choose() {
    chosen = KernelSelector.choose(kernels).kernels();
    gradients = GradientKernels.beside(chosen);
  }

  Kernels kernels() {
    return chosen;
  }

  /** Those beside the kernels: of other paths than emitted ones the definition. */
  GradientKernels gradients() {
    return gradients;
  }

  /**
   * Seconds that so much work takes at the least; 0 where peaks cannot be measured.
   *
   * @param work in the unit of the peak
   */
  static double secondsAtPeak(double work, ToDoubleFunction<MachinePeaks> peak) {
    try (WorkerPool pool = new PersistentWorkerPool(1)) {
      return MachinePeaks.of(pool)
          .map(peaks -> {
            try (peaks) {
              return work / peak.applyAsDouble(peaks);
            }
          })
          .orElse(0.0);
    }
  }
}
