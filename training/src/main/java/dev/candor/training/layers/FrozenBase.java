package dev.candor.training.layers;

import dev.candor.engine.kernels.Matrix;
import java.util.Map;
import java.util.Optional;

/**
 * Matrices that training reads and does not change, as a checkpoint stores them, and how strongly
 * adapters beside them count.
 *
 * @param matrices by their tensors' names; must stay mapped as long as they are used
 * @param scaling of what adapters add: α / r, of rank-stabilised ones α / √r
 */
public record FrozenBase(Map<String, Matrix> matrices, float scaling) {

  /** Nothing is frozen. */
  static final FrozenBase NONE = new FrozenBase(Map.of(), 1);

  Optional<Matrix> matrix(String name) {
    return Optional.ofNullable(matrices.get(name));
  }
}
