package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Processor;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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

  /** Narrower vectors are emulated, which is slower than none. */
  private static final int LEAST_BITS = 128;

  private KernelSelector() {}

  /** The paths, fastest first. */
  private enum Path {
    EMITTED {
      @Override
      Optional<String> obstacle() {
        return emittedObstacle();
      }

      @Override
      Kernels kernels() {
        return new EmittedKernels(Processor.here());
      }
    },
    VECTOR {
      @Override
      Optional<String> obstacle() {
        return vectorObstacle();
      }

      @Override
      Kernels kernels() {
        return new VectorKernels();
      }
    },
    SCALAR {
      @Override
      Optional<String> obstacle() {
        return Optional.empty();
      }

      @Override
      Kernels kernels() {
        return new ScalarKernels();
      }
    };

    /** Why there is no such path here. */
    abstract Optional<String> obstacle();

    abstract Kernels kernels();

    final String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The fastest path that works here, with matrices of any format. */
  public static Choice choose() {
    return choose(EnumSet.allOf(BlockFormat.class));
  }

  /**
   * The fastest path that works here with what a model has.
   *
   * @param formats of its matrices; the self-test leaves others out, which takes its time
   */
  public static Choice choose(Set<BlockFormat> formats) {
    StringBuilder refused = new StringBuilder();
    for (Path path : Path.values()) {
      Optional<String> obstacle = path.obstacle();
      if (obstacle.isEmpty()) {
        Kernels kernels = path.kernels();
        obstacle =
            path == Path.SCALAR ? Optional.empty() : KernelSelfTest.difference(kernels, formats);
        if (obstacle.isEmpty()) {
          return new Choice(kernels, reason(path, kernels, refused));
        }
        obstacle = Optional.of("they failed their self-test (" + obstacle.get() + ")");
      }
      refused
          .append("; no ")
          .append(path.label())
          .append(" kernels, because ")
          .append(obstacle.get());
    }
    throw new AssertionError("the scalar path always works");
  }

  private static String reason(Path path, Kernels kernels, StringBuilder refused) {
    return kernels.name()
        + " kernels: "
        + switch (path) {
          case EMITTED ->
              "machine code written for this processor; it passed its self-test against the scalar"
                  + " definition";
          case VECTOR ->
              "the widest vectors that this processor prefers; they passed their self-test against"
                  + " the scalar definition";
          case SCALAR -> "plain Java, which is slow";
        }
        + refused
        + ".";
  }

  /** The path of this name, with matrices of any format. */
  public static Choice choose(String name) {
    return choose(name, EnumSet.allOf(BlockFormat.class));
  }

  /**
   * The path of this name, {@code scalar}, {@code vector} or {@code emitted}, even if it is not the
   * fastest; or of the whole {@link Kernels#name()}, which says the width too, as a record of a run
   * has it.
   *
   * @param formats of the matrices that it is to work with
   * @throws IllegalArgumentException if there is no such path, or it does not work here
   */
  public static Choice choose(String name, Set<BlockFormat> formats) {
    for (Path path : Path.values()) {
      if (name.equals(path.label()) || name.startsWith(path.label() + "-")) {
        return choose(path, name, formats);
      }
    }
    throw new IllegalArgumentException(
        "no kernels are called '" + name + "'; there are scalar, vector and emitted");
  }

  private static Choice choose(Path path, String name, Set<BlockFormat> formats) {
    Optional<String> obstacle = path.obstacle();
    if (obstacle.isPresent()) {
      throw new IllegalArgumentException(
          "there are no " + path.label() + " kernels here, because " + obstacle.get());
    }
    Kernels kernels =
        name.equals("emitted-avx2") ? new EmittedKernels(Processor.AVX2) : path.kernels();
    if (!name.equals(path.label()) && !name.equals(kernels.name())) {
      throw new IllegalArgumentException(
          name + " is not the " + path.label() + " path here, " + kernels.name() + " is");
    }
    Optional<String> difference =
        path == Path.SCALAR ? Optional.empty() : KernelSelfTest.difference(kernels, formats);
    if (difference.isPresent()) {
      throw new IllegalArgumentException(
          kernels.name() + " kernels failed their self-test here: " + difference.get());
    }
    return new Choice(kernels, kernels.name() + " kernels, because they were asked for.");
  }

  private static Optional<String> emittedObstacle() {
    return Processor.here() == Processor.OTHER
        ? Processor.obstacle()
            .or(() -> Optional.of("this is not an x86-64 processor with AVX2 under Linux or macOS"))
        : Optional.empty();
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
}
