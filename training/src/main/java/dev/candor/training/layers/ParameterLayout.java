package dev.candor.training.layers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which part of one array holds which tensor. Values, gradients and an optimiser's moments are
 * arrays of the same layout, so that sums, norms and steps are loops over one array.
 */
public final class ParameterLayout {

  /**
   * A tensor in row-major order.
   *
   * @param name as a checkpoint has it
   * @param offset of its first element
   */
  public record Tensor(String name, List<Integer> shape, int offset) {

    public int size() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Whether it is a weight with rows and columns, such as a linear layer's. */
    public boolean isMatrix() {
      return shape.size() == 2;
    }
  }

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private int size;

  /**
   * Gives a tensor its place behind the others.
   *
   * @throws IllegalArgumentException if there is one of this name
   */
  public Tensor add(String name, int... shape) {
    Tensor tensor = new Tensor(name, Arrays.stream(shape).boxed().toList(), size);
    if (tensors.putIfAbsent(name, tensor) != null) {
      throw new IllegalArgumentException("two tensors are called " + name);
    }
    size = Math.addExact(size, tensor.size());
    return tensor;
  }

  /**
   * The tensor of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("there is no tensor " + name);
    }
    return tensor;
  }

  /** The tensor of this name, if there is one. */
  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** All, in the order of their places. */
  public List<Tensor> tensors() {
    return Collections.unmodifiableList(new ArrayList<>(tensors.values()));
  }

  /** Elements of all tensors. */
  public int size() {
    return size;
  }
}
