package dev.candor.benchmarks.kernels;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.MachinePeaks;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a training step does most: products of matrices, as a share of the peak of float32
 * multiply-adds, and the gradients of a selective scan and a gate, which have no peak of their own.
 */
@State(Scope.Benchmark)
public class GradientBenchmark {

  private static final int TOKENS = 1024;
  private static final int WIDTH = 256;
  private static final int SCANNED = 64;
  private static final int STATES = 16;

  private final RandomOperands random = new RandomOperands();
  private final float[] x = random.normals(TOKENS * WIDTH);
  private final float[] y = random.normals(TOKENS * WIDTH);
  private final float[] g = random.normals(TOKENS * WIDTH);
  private final float[] weights = random.normals(WIDTH * WIDTH);
  private final float[] weightGradient = new float[WIDTH * WIDTH];
  private final float[] out = new float[TOKENS * WIDTH];
  private final float[] secondOut = new float[TOKENS * WIDTH];
  private final float[] delta = random.positives(SCANNED * WIDTH);
  private final float[] a = random.negatives(WIDTH * STATES);
  private final float[] bc = random.normals(SCANNED * 2 * STATES);
  private final float[] d = random.normals(WIDTH);
  private final float[] bcGradient = new float[SCANNED * 2 * STATES];
  private final float[] aGradient = new float[WIDTH * STATES];
  private final float[] dGradient = new float[WIDTH];
  private double secondsAtPeak;

  @Setup
  public void measurePeak() {
    secondsAtPeak =
        KernelPath.secondsAtPeak(
            (double) TOKENS * WIDTH * WIDTH, MachinePeaks::floatMultiplyAddsPerSecond);
  }

  /** A layer's outputs, or the gradient of its inputs. */
  @Benchmark
  public float[] addProduct(KernelPath path, PeakShare peak) {
    path.gradients()
        .addProduct(TOKENS, WIDTH, WIDTH, x, 0, WIDTH, 1, weights, 0, WIDTH, out, 0, WIDTH);
    peak.share += secondsAtPeak;
    return out;
  }

  /** The gradient of a layer's weights. */
  @Benchmark
  public float[] addTransposed(KernelPath path, PeakShare peak) {
    path.gradients()
        .addProduct(WIDTH, WIDTH, TOKENS, g, 0, 1, WIDTH, x, 0, WIDTH, weightGradient, 0, WIDTH);
    peak.share += secondsAtPeak;
    return weightGradient;
  }

  @Benchmark
  public float[] gateGradient(KernelPath path) {
    path.gradients().gateGradient(Activation.SILU, x, 0, y, 0, g, 0, TOKENS, out, 0, secondOut, 0);
    return out;
  }

  @Benchmark
  public float[] scanGradient(KernelPath path) {
    path.gradients()
        .scanGradient(
            a,
            0,
            delta,
            x,
            0,
            bc,
            0,
            2 * STATES,
            d,
            0,
            g,
            WIDTH,
            STATES,
            SCANNED,
            out,
            secondOut,
            bcGradient,
            0,
            aGradient,
            0,
            dGradient,
            0);
    return out;
  }
}
