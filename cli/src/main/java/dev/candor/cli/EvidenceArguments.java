package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.evidence.EvidenceActs;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.loading.LoadCandidate;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that let a command record what it has found as evidence about a model. */
final class EvidenceArguments {

  @Option(
      names = "--record",
      description =
          "Record it as evidence about the model, its tokenizer, template and formats, under the"
              + " policy in force. Needs the role operate or govern.")
  boolean record;

  @Option(
      names = "--until",
      paramLabel = "INSTANT",
      description = "When the evidence ends (default: when the model changes).")
  @Nullable String until;

  @Mixin ActorArguments actor = new ActorArguments();

  /**
   * Goes on only if what is to be recorded can be: for what has other effects before.
   *
   * @throws dev.candor.governance.GovernanceException {@code governance.not-permitted}
   */
  void requireRecordable() {
    if (record) {
      Authority.require(actor.principal(), Action.RECORD_EVIDENCE);
      var _ = end();
      GovernedHome.open().close();
    }
  }

  private Optional<Instant> end() {
    return Optional.ofNullable(until).map(text -> InstantArgument.parse("--until", text));
  }

  /**
   * Records a document, if that was asked for.
   *
   * @return the index of the entry
   */
  OptionalLong record(
      Streams streams, String model, EvidenceKind kind, Verdict verdict, byte[] document) {
    if (!record) {
      return OptionalLong.empty();
    }
    Optional<Instant> end = end();
    try (LoadedModel loaded = ModelArguments.named(model).load(streams);
        Governance governance = GovernedHome.open()) {
      LoadCandidate candidate = loaded.candidate(Optional.empty());
      return OptionalLong.of(
          new EvidenceActs(governance)
              .record(
                  actor.principal(),
                  candidate.tuple(governance.policy().digest()),
                  kind,
                  verdict,
                  document,
                  end,
                  OptionalLong.empty()));
    }
  }
}
