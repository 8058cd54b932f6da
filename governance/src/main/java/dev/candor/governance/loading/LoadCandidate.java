package dev.candor.governance.loading;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.ModelFingerprints;
import dev.candor.engine.kernels.Kernels;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.inventory.ModelBuild;
import java.util.List;

/**
 * What somebody has opened and wants to use.
 *
 * @param name as the user calls it
 * @param language the model
 * @param beside SHA-256 of the adapter and the head that compute beside it, as far as there are
 */
public record LoadCandidate(String name, LanguageModel language, List<String> beside) {

  public LoadCandidate {
    beside = List.copyOf(beside);
  }

  /** The part {@code model} of its tuple. */
  public String model() {
    return beside.isEmpty()
        ? language.digest()
        : language.digest() + "+" + String.join("+", beside);
  }

  /** What evidence about it is bound to under a policy. */
  public DigestTuple tuple(String policy) {
    ModelFingerprints known = fingerprints();
    return new DigestTuple(
        model(),
        known.quantisation(),
        known.tokenizer(),
        known.template().orElse(DigestTuple.NO_TEMPLATE),
        policy,
        Kernels.NUMERIC_PROFILE);
  }

  /**
   * What goes on record of it.
   *
   * @param runtime version of the program
   */
  public ModelBuild build(String runtime) {
    ModelFingerprints known = fingerprints();
    return new ModelBuild(
        model(),
        known.weights(),
        known.quantisation(),
        known.tokenizer(),
        known.template().orElse(DigestTuple.NO_TEMPLATE),
        Kernels.NUMERIC_PROFILE,
        language.architecture(),
        Long.toString(known.parameters()),
        runtime);
  }

  /**
   * Digests of its parts.
   *
   * @throws GovernanceException {@code governance.no-files} if it does not come from files
   */
  public ModelFingerprints fingerprints() {
    return language
        .fingerprints()
        .orElseThrow(() ->
            new GovernanceException(
                "no-files",
                name + " was put together in memory: nothing tells it from another",
                "Open it from its files."));
  }
}
