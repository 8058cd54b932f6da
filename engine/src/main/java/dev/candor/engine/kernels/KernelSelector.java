package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.SplittableRandom;
import jdk.incubator.vector.FloatVector;

/**
 * Chooses the path once, at start: the fastest that this machine has and that gives the bits of
 * {@link ScalarKernels} on random blocks, and says why in a sentence.
 */
public final class KernelSelector {

  /**
   * @param kernels what to compute with
   * @param reason one sentence for people
   */
  public record Choice(Kernels kernels, String reason) {}

  private static final int ROWS = 5;
  private static final int COLUMNS = 256;
  private static final int TOKENS = 4;

  /** Narrower vectors are emulated, which is slower than none. */
  private static final int LEAST_BITS = 128;

  private KernelSelector() {}

  /** The fastest path that works here. */
  public static Choice choose() {
    Optional<String> obstacle = vectorObstacle();
    if (obstacle.isPresent()) {
      return new Choice(
          new ScalarKernels(), "scalar kernels, because " + obstacle.get() + "; this is slow.");
    }
    Kernels vector = new VectorKernels();
    Optional<String> difference = difference(vector);
    if (difference.isPresent()) {
      return new Choice(
          new ScalarKernels(),
          "scalar kernels, because "
              + vector.name()
              + " failed its self-test ("
              + difference.get()
              + "); this is slow.");
    }
    return new Choice(
        vector,
        vector.name()
            + " kernels: the widest vectors that this processor prefers; they passed their"
            + " self-test against the scalar definition.");
  }

  /**
   * The path of this name, {@code scalar} or {@code vector}, even if it is not the fastest; or of
   * the whole {@link Kernels#name()}, which says the width too, as a record of a run has it.
   *
   * @throws IllegalArgumentException if there is no such path, or it does not work here
   */
  public static Choice choose(String name) {
    if (name.equals("scalar")) {
      return new Choice(new ScalarKernels(), "scalar kernels, because they were asked for.");
    }
    if (!name.equals("vector") && !name.startsWith("vector-")) {
      throw new IllegalArgumentException(
          "no kernels are called '" + name + "'; there are scalar and vector");
    }
    Choice choice = choose();
    String found = choice.kernels().name();
    if (!(choice.kernels() instanceof VectorKernels)) {
      throw new IllegalArgumentException(
          "the vector kernels do not work here; the choice would be " + choice.reason());
    }
    if (!name.equals("vector") && !name.equals(found)) {
      throw new IllegalArgumentException(name + " is not the vector path here, " + found + " is");
    }
    return new Choice(choice.kernels(), found + " kernels, because they were asked for.");
  }

  private static Optional<String> vectorObstacle() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return Optional.of(
          "the module jdk.incubator.vector is missing (add --add-modules jdk.incubator.vector)");
    }
    int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    return bits < LEAST_BITS
        ? Optional.of("this processor has no vectors of " + LEAST_BITS + " bits or more")
        : Optional.empty();
  }

  /** What differs from the scalar definition, if anything. */
  static Optional<String> difference(Kernels candidate) {
    Kernels definition = new ScalarKernels();
    SplittableRandom random = new SplittableRandom(16);
    for (BlockFormat format : BlockFormat.values()) {
      byte[] bytes = new byte[(int) format.bytes(COLUMNS) * ROWS];
      random.nextBytes(bytes);
      Matrix w = new Matrix(MemorySegment.ofArray(bytes), format, ROWS, COLUMNS);
      float[] x = normals(random, TOKENS * COLUMNS);
      for (int tokens : new int[] {1, TOKENS}) {
        float[] expected = new float[tokens * ROWS];
        float[] actual = new float[tokens * ROWS];
        definition.multiply(w, 0, ROWS, x, 0, COLUMNS, tokens, expected, 0, ROWS);
        candidate.multiply(w, 0, ROWS, x, 0, COLUMNS, tokens, actual, 0, ROWS);
        if (!same(expected, actual)) {
          return Optional.of(format + " matrix times " + tokens + " tokens");
        }
      }
    }
    return otherDifference(definition, candidate, random);
  }

  private static Optional<String> otherDifference(
      Kernels definition, Kernels candidate, SplittableRandom random) {
    float[] x = normals(random, COLUMNS);
    for (Activation activation : Activation.values()) {
      float[] expected = x.clone();
      float[] actual = x.clone();
      definition.activate(activation, expected, 0, COLUMNS);
      candidate.activate(activation, actual, 0, COLUMNS);
      if (!same(expected, actual)) {
        return Optional.of("activation " + activation);
      }
    }
    float[] expected = x.clone();
    float[] actual = x.clone();
    definition.softmax(expected, 0, COLUMNS);
    candidate.softmax(actual, 0, COLUMNS);
    if (!same(expected, actual)) {
      return Optional.of("softmax");
    }
    definition.softplus(expected, 0, x, 0, COLUMNS);
    candidate.softplus(actual, 0, x, 0, COLUMNS);
    if (!same(expected, actual)) {
      return Optional.of("softplus");
    }
    definition.rmsNorm(x, 0, x, 1e-5f, COLUMNS, expected, 0);
    candidate.rmsNorm(x, 0, x, 1e-5f, COLUMNS, actual, 0);
    if (!same(expected, actual)) {
      return Optional.of("root mean square norm");
    }
    definition.layerNorm(x, 0, x, x, 1e-5f, COLUMNS, expected, 0);
    candidate.layerNorm(x, 0, x, x, 1e-5f, COLUMNS, actual, 0);
    return same(expected, actual) ? Optional.empty() : Optional.of("layer norm");
  }

  private static float[] normals(SplittableRandom random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  /** To the bit, but for the payload of a NaN. */
  private static boolean same(float[] a, float[] b) {
    for (int i = 0; i < a.length; i++) {
      if (Float.floatToIntBits(a[i]) != Float.floatToIntBits(b[i])) {
        return false;
      }
    }
    return true;
  }
}
