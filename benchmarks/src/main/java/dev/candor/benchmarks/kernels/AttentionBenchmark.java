package dev.candor.benchmarks.kernels;

import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.MachinePeaks;
import dev.candor.engine.kernels.Matrix;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Attention of four queries over a cache of F16 that a core's own cache holds, as a share of the
 * peak of float32 multiply-adds.
 */
@State(Scope.Benchmark)
public class AttentionBenchmark {

  private static final int QUERIES = 4;
  private static final int ROWS = 1024;
  private static final int HEAD = 128;

  private final Arena arena = Arena.ofShared();
  private final RandomOperands random = new RandomOperands();
  private final Matrix keys = random.cache(arena, ROWS, HEAD, Layout.STRIPS);
  private final Matrix values = random.cache(arena, ROWS, HEAD, Layout.ROWS);
  private final float[] q = random.normals(QUERIES * HEAD);
  private final float[] p = random.normals(QUERIES * ROWS);
  private final float[] scores = new float[QUERIES * ROWS];
  private final float[] out = new float[QUERIES * HEAD];
  private double secondsAtPeak;

  @Setup
  public void measurePeak() {
    secondsAtPeak =
        KernelPath.secondsAtPeak(
            (double) QUERIES * ROWS * HEAD, MachinePeaks::floatMultiplyAddsPerSecond);
  }

  @Benchmark
  public float[] attentionScores(KernelPath path, PeakShare peak) {
    path.kernels().attentionScores(q, 0, HEAD, QUERIES, keys, 0, ROWS, 1, scores, 0, ROWS);
    peak.share += secondsAtPeak;
    return scores;
  }

  @Benchmark
  public float[] addWeightedRows(KernelPath path, PeakShare peak) {
    path.kernels().addWeightedRows(p, 0, ROWS, QUERIES, values, 0, ROWS, out, 0, HEAD);
    peak.share += secondsAtPeak;
    return out;
  }

  @TearDown
  public void close() {
    arena.close();
  }
}
