package dev.candor.engine.adapters;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.ConversionListener;
import dev.candor.engine.weights.ConversionListener.Deviation;
import dev.candor.engine.weights.Merging;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a model with an adapter in its weights: W + s·B·A. The file is a model of its own, for
 * whoever cannot load adapters, or wants no part of a pass spent on them; it names what it was made
 * from under {@code candor.merged.base} and {@code candor.merged.adapter}.
 */
public final class AdapterMerging {

  private AdapterMerging() {}

  /**
   * Merges.
   *
   * @param model the file or folder of the model
   * @param language the same, opened
   * @param out the file to write; must not exist
   * @param format what changed layers are stored as; empty for what {@link Merging#format} says
   * @return what is not stored as was asked
   * @throws dev.candor.engine.EngineException if the adapter is not for the model, or the file
   *     cannot be written; then there is no file
   */
  public static List<Deviation> merge(
      Path model,
      LanguageModel language,
      AdapterFolder adapter,
      Path out,
      Optional<BlockFormat> format,
      Kernels kernels,
      WorkerPool pool,
      ConversionListener listener) {
    adapter.adapter(language);
    Map<String, Merging.Change> changes = new LinkedHashMap<>();
    adapter.factors().forEach((layer, factors) -> changes.put(layer, new LayerChange(factors)));
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("candor.merged.base", language.digest());
    facts.put("candor.merged.adapter", adapter.digest());
    return new Merging(changes, format, facts, kernels, pool, listener).write(model, out);
  }
}
