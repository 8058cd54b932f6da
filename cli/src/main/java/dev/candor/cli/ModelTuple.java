package dev.candor.cli;

import dev.candor.engine.generation.ModelFingerprints;
import dev.candor.engine.kernels.Kernels;
import dev.candor.governance.Governance;
import dev.candor.governance.evidence.DigestTuple;

/** What evidence about a model that was opened is bound to, under the policy that holds. */
final class ModelTuple {

  private ModelTuple() {}

  static DigestTuple of(LoadedModel loaded, Governance governance) {
    ModelFingerprints known =
        loaded
            .language()
            .fingerprints()
            .orElseThrow(() -> new IllegalStateException("a model that was loaded has files"));
    return new DigestTuple(
        loaded.language().digest()
            + loaded.adapter().digest().map(digest -> "+" + digest).orElse(""),
        known.quantisation(),
        known.tokenizer(),
        known.template().orElse(DigestTuple.NO_TEMPLATE),
        governance.policy().digest(),
        Kernels.NUMERIC_PROFILE);
  }
}
