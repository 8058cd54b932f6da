package dev.candor.engine.weights;

import dev.candor.engine.weights.Checkpoint.Convention;

/**
 * In which order a checkpoint has the rows of a linear layer: llama.cpp's converter reorders those
 * of Q and K for architectures whose rotary pairs it makes neighbours.
 */
@FunctionalInterface
public interface RowOrder {

  /** As the model's authors published them. */
  RowOrder PUBLISHED = row -> row;

  /** The number that the model's authors gave the row that lies at this place. */
  int source(int row);

  /**
   * Of a layer of a checkpoint.
   *
   * @param layer Hugging Face name, without {@code .weight}
   * @param outputs its rows
   */
  static RowOrder of(Checkpoint checkpoint, String layer, int outputs) {
    if (checkpoint.convention() == Convention.HUGGING_FACE) {
      return PUBLISHED;
    }
    int heads =
        LayoutConvention.reorderedHeads(checkpoint.architecture(), checkpoint.config(), layer);
    return heads == 0 || outputs % (2 * heads) != 0 ? PUBLISHED : neighbours(outputs / heads);
  }

  /** Within a head of size d, pairs (j, j + d/2) become neighbours (2j, 2j + 1). */
  static RowOrder neighbours(int headSize) {
    return row -> {
      int within = row % headSize;
      return row - within + within % 2 * (headSize / 2) + within / 2;
    };
  }
}
