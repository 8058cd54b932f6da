package dev.candor.engine.models;

import dev.candor.engine.weights.RowOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The linear layers of a decoder by their Hugging Face names: what an {@link Adapter} may change.
 * Where a checkpoint has several projections in one layer, the model computes with parts of it.
 */
public final class LinearLayers {

  /**
   * A layer.
   *
   * @param name such as {@code model.layers.0.self_attn.q_proj}
   * @param order in which the checkpoint has the rows
   */
  public record Layer(String name, int outputs, int inputs, RowOrder order) {}

  /**
   * Some of a layer's rows, which the model computes with.
   *
   * @param index of the part in the model; −1 of a layer that no adapter changes
   * @param firstRow of the layer, in the checkpoint's order
   */
  public record Part(LinearLayers owner, int index, Layer layer, int firstRow, int rows) {

    /** Of a layer that no adapter changes, such as a head. */
    static final Part NONE =
        new Part(new LinearLayers(), -1, new Layer("", 0, 0, RowOrder.PUBLISHED), 0, 0);

    /** The rows [from, to) of this part, in place of the part. */
    Part slice(int from, int to) {
      return index < 0 ? this : owner.divide(this, from, to);
    }
  }

  private final Map<String, Layer> layers = new LinkedHashMap<>();
  private final List<Part> parts = new ArrayList<>();

  LinearLayers() {}

  /** Of a model that has none. */
  public static LinearLayers none() {
    return new LinearLayers();
  }

  /** All of them, in the order of the model. */
  public Collection<Layer> layers() {
    return Collections.unmodifiableCollection(layers.values());
  }

  /** The layer of this name. */
  public Optional<Layer> layer(String name) {
    return Optional.ofNullable(layers.get(name));
  }

  Part add(String name, int outputs, int inputs, RowOrder order) {
    Layer layer = new Layer(name, outputs, inputs, order);
    layers.put(name, layer);
    return addPart(layer, 0, outputs);
  }

  private Part divide(Part whole, int from, int to) {
    parts.set(whole.index(), new Part(this, whole.index(), whole.layer(), 0, 0));
    return addPart(whole.layer(), whole.firstRow() + from, to - from);
  }

  private Part addPart(Layer layer, int firstRow, int rows) {
    Part part = new Part(this, parts.size(), layer, firstRow, rows);
    parts.add(part);
    return part;
  }

  /** What the model computes with; parts that were divided have no rows. */
  List<Part> parts() {
    return Collections.unmodifiableList(parts);
  }
}
