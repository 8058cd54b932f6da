package dev.candor.training.layers;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where layers get the rows from that they keep for the way back. Either each layer has its own; or
 * layers of one kind share theirs, and each is computed once more before its way back, which takes
 * the memory of one layer only.
 */
public final class Buffers {

  private final Optional<Map<String, Rows>> shared;
  private final String part;

  private Buffers(Optional<Map<String, Rows>> shared, String part) {
    this.shared = shared;
    this.part = part;
  }

  /** Every layer has its own. */
  public static Buffers own() {
    return new Buffers(Optional.empty(), "");
  }

  /** Layers that ask for the same names get the same rows. */
  public static Buffers shared() {
    return new Buffers(Optional.of(new TreeMap<>()), "");
  }

  /** Those of a part of a layer: the names within it are its own. */
  public Buffers within(String name) {
    return new Buffers(shared, part + name + ".");
  }

  Rows rows(String name, int width) {
    return shared
        .map(rows -> rows.computeIfAbsent(part + name + "/" + width, _ -> new Rows(width)))
        .orElseGet(() -> new Rows(width));
  }
}
