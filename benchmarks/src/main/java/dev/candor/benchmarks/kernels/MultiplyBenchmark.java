package dev.candor.benchmarks.kernels;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Inputs;
import dev.candor.engine.kernels.MachinePeaks;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.StripFormat;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Products with quantised matrices: of one token with a matrix that no cache holds, as a share of
 * the read bandwidth; of several with one that a core's own cache holds, as a share of the peak of
 * int8 multiply-adds.
 */
@State(Scope.Benchmark)
public class MultiplyBenchmark {

  private static final int COLUMNS = 2048;
  private static final long MEMORY_BYTES = 256L << 20;
  private static final long CACHE_BYTES = 512L << 10;

  @Param public StripFormat format = StripFormat.Q4_0;

  @Param({"1", "4", "16", "64"})
  public int tokens;

  private final Arena arena = Arena.ofShared();
  private final Inputs in = new Inputs();
  private Matrix w = new RandomOperands().quantised(arena, BlockFormat.Q4_0, 0, COLUMNS);
  private float[] y = new float[0];
  private double secondsAtPeak;

  @Setup
  public void prepare(KernelPath path) {
    RandomOperands random = new RandomOperands();
    BlockFormat blocks = BlockFormat.valueOf(format.name());
    long bytes = tokens == 1 ? MEMORY_BYTES : CACHE_BYTES;
    int rows = (int) (bytes / blocks.bytes(COLUMNS)) / StripFormat.ROWS * StripFormat.ROWS;
    w = random.quantised(arena, blocks, rows, COLUMNS);
    y = new float[tokens * rows];
    in.take(random.normals(tokens * COLUMNS), 0, COLUMNS, tokens, COLUMNS, true);
    path.kernels().round(in, 0, tokens);
    secondsAtPeak =
        tokens == 1
            ? KernelPath.secondsAtPeak(w.data().byteSize(), MachinePeaks::readBytesPerSecond)
            : KernelPath.secondsAtPeak(
                (double) tokens * rows * COLUMNS, MachinePeaks::int8MultiplyAddsPerSecond);
  }

  @Benchmark
  public float[] multiply(KernelPath path, PeakShare peak) {
    path.kernels().multiply(w, 0, w.rows(), in, y, 0, w.rows());
    peak.share += secondsAtPeak;
    return y;
  }

  @TearDown
  public void close() {
    arena.close();
  }
}
