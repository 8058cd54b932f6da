package dev.candor.benchmarks.kernels;

import dev.candor.engine.kernels.Activation;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Functions of single rows, and the selective scan of some tokens; they have no peak of their own.
 */
@State(Scope.Benchmark)
public class RowBenchmark {

  private static final int N = 2048;
  private static final int CHANNELS = 512;
  private static final int STATES = 16;
  private static final int TOKENS = 64;

  private final RandomOperands random = new RandomOperands();
  private final float[] x = random.normals(N);
  private final float[] up = random.normals(N);
  private final float[] weight = random.normals(N);
  private final float[] out = new float[N];
  private final float[] scores = random.normals(N);
  private final float[] state = new float[CHANNELS * STATES];
  private final float[] a = random.negatives(CHANNELS * STATES);
  private final float[] delta = random.positives(TOKENS * CHANNELS);
  private final float[] v = random.normals(TOKENS * CHANNELS);
  private final float[] bc = random.normals(TOKENS * 2 * STATES);
  private final float[] d = random.normals(CHANNELS);
  private final float[] m = new float[TOKENS * CHANNELS];

  @Benchmark
  public float[] softmax(KernelPath path) {
    path.kernels().softmax(scores, 0, N);
    return scores;
  }

  @Benchmark
  public float[] rmsNorm(KernelPath path) {
    path.kernels().rmsNorm(x, 0, weight, 1e-5f, N, out, 0);
    return out;
  }

  @Benchmark
  public float[] gate(KernelPath path) {
    path.kernels().gate(Activation.SILU, x, 0, up, 0, N, out, 0);
    return out;
  }

  @Benchmark
  public float[] selectiveScan(KernelPath path) {
    path.kernels()
        .selectiveScan(
            state, a, delta, v, 0, bc, 0, 2 * STATES, d, m, CHANNELS, STATES, TOKENS, 0, CHANNELS);
    return m;
  }
}
