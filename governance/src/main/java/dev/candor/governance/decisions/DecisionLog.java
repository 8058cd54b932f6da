package dev.candor.governance.decisions;

import dev.candor.engine.EngineException;
import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.storage.Ledger.Appended;
import java.util.Optional;

/** Puts a decision's beginning and its end on record, with what they commit to kept before them. */
final class DecisionLog {

  private final Governance governance;
  private final Admission admission;

  DecisionLog(Governance governance, Admission admission) {
    this.governance = governance;
    this.admission = admission;
  }

  /**
   * The beginning. If it may not go on when it is on record, because somebody was faster, its end
   * is on record too.
   *
   * @throws GovernanceException why it may not go on
   */
  Appended begin(DecisionRequest request, Attempt attempt, Admission.Admitted admitted) {
    Commitment input =
        governance
            .payloads()
            .put(admitted.keptUnder(), new RecordedInput(request.text(), request.task()).bytes());
    DecisionTask task = request.task();
    ModelIdentity model = request.model();
    DecisionStarted beginning =
        new DecisionStarted(
            attempt.decision(),
            attempt.number(),
            attempt.key(),
            governance.nameBeside(request.principal(), admitted.subject()),
            request.purpose(),
            admitted.subject(),
            admitted.consent(),
            admitted.policy(),
            admitted.rule(),
            task.name(),
            model.name(),
            model.digest(),
            model.adapterDigest(),
            head(task),
            admitted.tuple(),
            model.profile(),
            model.language().kernels(),
            governance.runtime(),
            task.session().cacheFormat().name(),
            task.session().contextTokens(),
            task.promptTokens(),
            input);
    Appended started = governance.ledger().append(beginning.entry());
    governance.expectCheckpoint();
    Optional<GovernanceException> why =
        another(attempt, started).or(() -> admission.overtaken(request, admitted, started));
    if (why.isPresent()) {
      end(started, "failed", Optional.of(why.get().code()), 0, 0, 0, 0, Optional.empty());
      throw why.get();
    }
    return started;
  }

  /** Another process may have begun the same request a moment earlier: then it decides. */
  private Optional<GovernanceException> another(Attempt attempt, Appended started) {
    if (attempt.key().isEmpty()) {
      return Optional.empty();
    }
    return governance.index().places(EntryIndex.key("request", attempt.key().get())).stream()
        .filter(place -> place < started.index())
        .map(place -> DecisionStarted.of(governance.ledger().entry(place)))
        .filter(other -> other.attempt() >= attempt.number())
        .findFirst()
        .map(other ->
            new GovernanceException(
                "request-running",
                "another process decides the same request, as decision " + other.decision(),
                "Ask again in a moment: it gets that answer."));
  }

  /** The end of one that has an answer. */
  Receipt finish(Appended started, DecisionOutput output, long nanos) {
    DecisionStarted beginning = DecisionStarted.of(started.entry());
    // Not if somebody has erased meanwhile what was asked: the answer is then forgotten with it.
    Optional<Commitment> kept =
        governance.payloads().putBeside(beginning.input(), RecordedOutput.bytes(output));
    Appended finished =
        end(
            started,
            output.outcome(),
            Optional.empty(),
            output.tokens().size(),
            output.steps(),
            output.firstTokenNanos(),
            nanos,
            kept);
    return new Receipt(
        started.index(), beginning, finished.index(), DecisionFinished.of(finished.entry()));
  }

  /** The end of one that failed, with what had been told by then. */
  void fail(Appended started, DecisionOutput told, long nanos, Throwable thrown) {
    DecisionStarted beginning = DecisionStarted.of(started.entry());
    int tokens = told.tokens().size();
    Optional<Commitment> kept =
        tokens == 0
            ? Optional.empty()
            : governance.payloads().putBeside(beginning.input(), RecordedOutput.bytes(told));
    end(started, "failed", Optional.of(code(thrown)), tokens, 0, 0, nanos, kept);
  }

  private Appended end(
      Appended started,
      String outcome,
      Optional<String> failure,
      int tokens,
      int steps,
      long firstTokenNanos,
      long nanos,
      Optional<Commitment> kept) {
    return governance
        .ledger()
        .append(
            new DecisionFinished(
                    started.entry().required("decision"),
                    started.index(),
                    outcome,
                    failure,
                    tokens,
                    steps,
                    firstTokenNanos / 1_000,
                    nanos / 1_000,
                    kept)
                .entry());
  }

  /** Of the head that decides, if one does. */
  static Optional<String> head(DecisionTask task) {
    return task instanceof DecisionTask.Head it
        ? Optional.of(it.head().digest())
        : Optional.empty();
  }

  private static String code(Throwable thrown) {
    return switch (thrown) {
      case EngineException e -> e.code();
      case GovernanceException e -> e.code();
      case LedgerException e -> e.code();
      default -> thrown.getClass().getSimpleName();
    };
  }
}
