package dev.candor.engine.models;

import dev.candor.engine.AdapterException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was learnt beside a model whose weights stay as they are (LoRA, Hu et al., arXiv
 * 2106.09685): of some linear layers y = W·x + s·B·(A·x), with A of [r, in] and B of [out, r]. A·x
 * takes the activations as they are, also where W takes them rounded; products and sums are those
 * of {@link dev.candor.engine.kernels.Kernels}, in float32.
 *
 * <p>Immutable. Each sequence has its own, or none ({@link #NONE}), for as long as it lives; one
 * pass serves them all. Its memory, F32 off the heap, is freed when nobody holds it any more.
 */
public final class Adapter {

  /** Changes nothing. */
  public static final Adapter NONE = new Adapter(null, new LowRank[0], Optional.empty(), 0, 0);

  /**
   * The change of a layer.
   *
   * @param rank r
   * @param a A, row-major, [r, in]
   * @param b B, row-major, [out, r], rows as the model's authors number them
   * @param scaling s
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Factors(int rank, float[] a, float[] b, float scaling) {

    public Factors {
      if (rank < 1 || a.length % rank != 0 || b.length % rank != 0) {
        throw new IllegalArgumentException("factors of rank " + rank);
      }
    }

    /** Width of the input of the layer that it fits. */
    public int inputs() {
      return a.length / rank;
    }

    /** Width of its output. */
    public int outputs() {
      return b.length / rank;
    }
  }

  private final @Nullable LinearLayers layers;
  private final @Nullable LowRank[] parts;
  private final Optional<String> digest;
  private final int widest;
  private final long bytes;

  private Adapter(
      @Nullable LinearLayers layers,
      @Nullable LowRank[] parts,
      Optional<String> digest,
      int widest,
      long bytes) {
    this.layers = layers;
    this.parts = parts;
    this.digest = digest;
    this.widest = widest;
    this.bytes = bytes;
  }

  /**
   * Makes an adapter for a model.
   *
   * @param layers those of the model, {@link CausalModel#linearLayers}
   * @param factors by the names of the layers that they change
   * @param digest what it is called in records: 64 lower-case hexadecimal digits
   * @throws AdapterException {@code adapter.unknown-layer} or {@code adapter.shape}
   */
  public static Adapter of(LinearLayers layers, Map<String, Factors> factors, String digest) {
    factors.forEach((name, it) -> requireFit(layers, name, it));
    LowRank[] parts = new LowRank[layers.parts().size()];
    Arena arena = Arena.ofAuto();
    long bytes = 0;
    int widest = 0;
    for (LinearLayers.Part part : layers.parts()) {
      Factors its = factors.get(part.layer().name());
      if (its != null && part.rows() > 0) {
        parts[part.index()] = LowRank.of(down(its, arena), its.b(), its.scaling(), part, arena);
        bytes += 4L * its.rank() * (its.inputs() + (long) part.rows());
        widest = Math.max(widest, its.rank());
      }
    }
    return new Adapter(layers, parts, Optional.of(digest), widest, bytes);
  }

  private static void requireFit(LinearLayers layers, String name, Factors factors) {
    LinearLayers.Layer layer =
        layers
            .layer(name)
            .orElseThrow(() ->
                new AdapterException(
                    "unknown-layer",
                    "the adapter changes " + name + ", which is no linear layer of the model",
                    "Use an adapter for linear layers other than the head, made for this model."));
    if (factors.inputs() != layer.inputs() || factors.outputs() != layer.outputs()) {
      throw new AdapterException(
          "shape",
          "the adapter changes "
              + name
              + " as if it had the shape ["
              + factors.outputs()
              + ", "
              + factors.inputs()
              + "]; it has ["
              + layer.outputs()
              + ", "
              + layer.inputs()
              + "]",
          "Use an adapter that was made for this model.");
    }
  }

  private static Matrix down(Factors factors, Arena arena) {
    MemorySegment a = arena.allocate(4L * factors.a().length, 64);
    MemorySegment.copy(factors.a(), 0, a, ValueLayout.JAVA_FLOAT, 0, factors.a().length);
    return new Matrix(a, BlockFormat.F32, factors.rank(), factors.inputs());
  }

  /** What it is called in records; empty for {@link #NONE}. */
  public Optional<String> digest() {
    return digest;
  }

  /** Bytes of its matrices. */
  public long bytes() {
    return bytes;
  }

  /** The highest rank of its changes; 0 if there are none. */
  int widest() {
    return widest;
  }

  /** What it adds to a part of a layer, or null. */
  @Nullable LowRank change(LinearLayers.Part part) {
    return part.index() < 0 || parts.length == 0 ? null : parts[part.index()];
  }

  /** Throws {@code adapter.other-model} if it was made for another model. */
  void requireOf(LinearLayers model) {
    if (layers != null && layers != model) {
      throw new AdapterException(
          "other-model",
          "the adapter was loaded for another model than this",
          "Load it again for the model that is to use it.");
    }
  }

  @Override
  public String toString() {
    return digest.map(it -> "adapter " + it).orElse("no adapter")
        + " of "
        + Arrays.stream(parts).filter(part -> part != null).count()
        + " parts";
  }
}
