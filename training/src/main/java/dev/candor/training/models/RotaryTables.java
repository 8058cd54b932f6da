package dev.candor.training.models;

import dev.candor.engine.models.RotaryEmbedding;
import dev.candor.training.layers.RotaryTable;
import java.util.ArrayList;
import java.util.List;

/** One table for all layers that turn heads alike. */
final class RotaryTables {

  private record Known(RotaryEmbedding embedding, RotaryTable table) {}

  private final List<Known> known = new ArrayList<>();

  RotaryTable of(RotaryEmbedding embedding) {
    for (Known one : known) {
      if (one.embedding.equals(embedding)) {
        return one.table;
      }
    }
    RotaryTable table = new RotaryTable(embedding);
    known.add(new Known(embedding, table));
    return table;
  }
}
