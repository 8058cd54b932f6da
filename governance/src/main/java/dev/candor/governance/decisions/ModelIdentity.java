package dev.candor.governance.decisions;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.models.Adapter;
import java.util.Optional;

/**
 * Who decides: what a record says of a model.
 *
 * @param name as the user calls it
 * @param language the model; its digest is asked for beside the reading of the prompt, as that of a
 *     large file that the store does not know takes seconds
 * @param adapter what computes beside it
 */
public record ModelIdentity(String name, LanguageModel language, Adapter adapter) {

  /** SHA-256 of the model. */
  public String digest() {
    return language.digest();
  }

  /** SHA-256 of the adapter, if there is one. */
  public Optional<String> adapterDigest() {
    return adapter.digest();
  }

  /** Bytes of its weights as they lie in memory. */
  public long weightBytes() {
    return language.weightBytes();
  }

  /** What the same bits are promised for. */
  public String profile() {
    return Kernels.NUMERIC_PROFILE;
  }
}
