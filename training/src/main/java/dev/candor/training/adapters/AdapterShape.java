package dev.candor.training.adapters;

import dev.candor.engine.models.LinearLayers;
import dev.candor.training.TrainingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which layers an adapter changes, and how much it can say (LoRA, arXiv 2106.09685).
 *
 * @param rank r
 * @param alpha what the factors give is scaled by alpha / r
 * @param rankStabilised or by alpha / √r (rsLoRA, arXiv 2312.03732)
 * @param targets last parts of the names of the layers, as PEFT's {@code target_modules}
 */
public record AdapterShape(int rank, double alpha, boolean rankStabilised, List<String> targets) {

  public AdapterShape {
    targets = List.copyOf(targets);
  }

  /** What the factors give is scaled by. */
  public float scaling() {
    return (float) (alpha / (rankStabilised ? Math.sqrt(rank) : rank));
  }

  /**
   * The layers that are changed.
   *
   * @throws TrainingException {@code training.unknown-target} if a target is the name of no layer
   */
  List<LinearLayers.Layer> of(LinearLayers layers) {
    Set<String> missing = new TreeSet<>(targets);
    Set<String> possible = new TreeSet<>();
    List<LinearLayers.Layer> found = new ArrayList<>();
    for (LinearLayers.Layer layer : layers.layers()) {
      possible.add(layer.name().substring(layer.name().lastIndexOf('.') + 1));
      boolean wanted = false;
      for (String target : targets) {
        if (layer.name().equals(target) || layer.name().endsWith("." + target)) {
          missing.remove(target);
          wanted = true;
        }
      }
      if (wanted) {
        found.add(layer);
      }
    }
    if (!missing.isEmpty()) {
      throw new TrainingException(
          "unknown-target",
          "targets: the model has no linear layer " + String.join(", ", missing),
          "Choose from: " + String.join(", ", possible) + ".");
    }
    return found;
  }
}
