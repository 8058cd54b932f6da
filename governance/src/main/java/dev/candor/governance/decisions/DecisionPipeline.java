package dev.candor.governance.decisions;

import dev.candor.engine.EngineException;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.storage.Ledger.Appended;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The one way to an answer: consent, policy, a beginning that is durable before the first token is
 * told, the answer, an end that is durable before it is called done, a receipt. Where the ledger
 * cannot be written there is no answer. Safe for use by many threads.
 */
public final class DecisionPipeline {

  /** When a decision without an end is taken for one whose process did not live to write it. */
  private static final Duration ABANDONED_AFTER = Duration.ofSeconds(60);

  private final Governance governance;
  private final Admission admission;
  private final StopOrders stops;
  private final DecisionLog log;
  private final Map<String, PendingDecision> running = new ConcurrentHashMap<>();

  /** The pipeline of a device. */
  public DecisionPipeline(Governance governance) {
    this.governance = governance;
    this.admission = new Admission(governance);
    this.stops = new StopOrders(governance.ledger());
    this.log = new DecisionLog(governance, admission);
  }

  /**
   * Decides, and returns when all of it is durable.
   *
   * @param contexts gives the session
   * @param listener sees the answer as it comes
   * @throws GovernanceException if it is not admitted
   * @throws LedgerException if it cannot be recorded
   * @throws EngineException if the model cannot do it; the record says so
   */
  public Decision decide(
      DecisionRequest request, ContextSource contexts, DecisionListener listener) {
    return decideLater(request, contexts, listener).await();
  }

  /**
   * Decides, and returns when the answer is there but perhaps not durable yet: for many decisions
   * one after the other, of which none is told before {@link PendingDecision#await}.
   */
  public PendingDecision decideLater(
      DecisionRequest request, ContextSource contexts, DecisionListener listener) {
    governance.ledger().refresh();
    if (request.requestKey().isEmpty()) {
      return decide(request, Attempt.only(governance.newDecisionId()), contexts, listener);
    }
    String key =
        governance
            .vault()
            .keyed("request", requestName(request.principal().name(), request.requestKey().get()));
    CompletableFuture<Decision> result = new CompletableFuture<>();
    PendingDecision mine = new PendingDecision(result);
    PendingDecision other = running.putIfAbsent(key, mine);
    while (other != null) {
      Decision made = other.await();
      if (!wasLeft(made)) {
        return repeated(made, request);
      }
      other = running.putIfAbsent(key, mine);
    }
    try {
      Attempt attempt = attempt(key, request);
      PendingDecision decided =
          attempt.made().isPresent()
              ? told(attempt.made().get(), request)
              : decide(request, attempt, contexts, listener);
      result.complete(decided.await());
      return mine;
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
      throw e;
    } finally {
      running.remove(key);
    }
  }

  /** No two pairs of a principal and a key have the same. */
  private static String requestName(String principal, String key) {
    return principal.length() + " " + principal + " " + key;
  }

  private Attempt attempt(String key, DecisionRequest request) {
    List<Long> places = governance.index().places(EntryIndex.key("request", key));
    if (places.isEmpty()) {
      return new Attempt(governance.newDecisionId(), 1, Optional.of(key), Optional.empty());
    }
    Entry entry = governance.ledger().entry(places.getLast());
    DecisionStarted last = DecisionStarted.of(entry);
    requireSameRequest(last, request);
    Optional<Decision> made =
        governance.records().decision(last.decision()).filter(it -> !wasLeft(it));
    if (governance.records().story(last.decision()).finished().isEmpty()) {
      requireAbandoned(last, Instant.parse(entry.required("at")));
    }
    return new Attempt(last.decision(), last.attempt() + 1, Optional.of(key), made);
  }

  /** Whether its asker went away before the end, and nobody had ordered it to stop. */
  private boolean wasLeft(Decision made) {
    Receipt receipt = made.receipt();
    return made.output().outcome().equals("stopped")
        && !stops.wasOrdered(receipt.decision(), receipt.startedIndex(), governance.index());
  }

  /** One without an end runs in another process, or that process has ended before it. */
  private void requireAbandoned(DecisionStarted last, Instant began) {
    if (governance.clock().instant().isBefore(began.plus(ABANDONED_AFTER))) {
      throw new GovernanceException(
          "request-running",
          "the same request is being decided, as decision " + last.decision(),
          "Ask again: it gets that answer, or is decided anew if there is none after "
              + ABANDONED_AFTER.toSeconds()
              + " s.");
    }
  }

  private void requireSameRequest(DecisionStarted before, DecisionRequest request) {
    Optional<byte[]> recorded = governance.records().bytes(before.input());
    if (recorded.isEmpty()) {
      throw new GovernanceException(
          "request-erased",
          "what was asked under the request key, decision " + before.decision() + ", was erased",
          "Ask under another key.");
    }
    byte[] asked = new RecordedInput(request.text(), request.task()).bytes();
    boolean same =
        Arrays.equals(recorded.get(), asked)
            && before.purpose().equals(request.purpose())
            && before.subject().equals(request.subject().map(governance.vault()::pseudonym))
            && before.model().equals(request.model().digest())
            && before.adapter().equals(request.model().adapterDigest())
            && before.head().equals(DecisionLog.head(request.task()));
    if (!same) {
      throw new GovernanceException(
          "request-key-reused",
          "the request key was used for another request, decision " + before.decision(),
          "Give each request a key of its own.");
    }
  }

  private PendingDecision repeated(Decision made, DecisionRequest request) {
    requireSameRequest(made.receipt().started(), request);
    return told(made, request);
  }

  /** Tells again what was decided, if it may still be told: a consent may have been withdrawn. */
  private PendingDecision told(Decision made, DecisionRequest request) {
    var _ = admission.admit(request, governance.newDecisionId());
    return new PendingDecision(
        CompletableFuture.completedFuture(new Decision(made.output(), made.receipt(), true)));
  }

  private PendingDecision decide(
      DecisionRequest request, Attempt attempt, ContextSource contexts, DecisionListener listener) {
    long began = System.nanoTime();
    Admission.Admitted admitted = admission.admit(request, attempt.decision());
    listener.onAdmitted(attempt.decision());
    CompletableFuture<Appended> started =
        governance.later(() -> log.begin(request, attempt, admitted));
    Gate gate = new Gate(attempt.decision(), started, listener);
    DecisionOutput output;
    try {
      output = new TaskRun(request.model().language(), contexts, gate).run(request.task());
    } catch (RuntimeException | Error e) {
      recordFailure(started, gate, System.nanoTime() - began, e);
      throw e;
    } finally {
      stops.forget(attempt.decision());
    }
    long nanos = System.nanoTime() - began;
    return new PendingDecision(
        governance.later(() ->
            new Decision(
                output, log.finish(PendingDecision.joined(started), output, nanos), false)));
  }

  private void recordFailure(
      CompletableFuture<Appended> started, Gate gate, long nanos, Throwable thrown) {
    try {
      log.fail(PendingDecision.joined(started), gate.output(), nanos, thrown);
    } catch (RuntimeException e) {
      // Where the record is what fails there is no more to record, and the cause is told.
      if (e != thrown) {
        thrown.addSuppressed(e);
      }
    }
  }

  /** Lets no token out before the beginning is durable, nor behind an order to stop. */
  private final class Gate implements DecisionListener {
    private final String decision;
    private final CompletableFuture<Appended> started;
    private final DecisionListener listener;
    private final List<GeneratedToken> told = new ArrayList<>();

    Gate(String decision, CompletableFuture<Appended> started, DecisionListener listener) {
      this.decision = decision;
      this.started = started;
      this.listener = listener;
    }

    @Override
    public boolean onProgress(int done, int total) {
      return listener.onProgress(done, total) && mayGoOn();
    }

    @Override
    public boolean onThought(GeneratedToken token) {
      return listener.onThought(token) && mayGoOn();
    }

    @Override
    public boolean onToken(GeneratedToken token) {
      PendingDecision.joined(started);
      if (!mayGoOn()) {
        return false;
      }
      told.add(token);
      return listener.onToken(token);
    }

    @Override
    public void onVector(float[] vector) {
      PendingDecision.joined(started);
      listener.onVector(vector);
    }

    /** What has been told so far. */
    DecisionOutput output() {
      StringBuilder text = new StringBuilder();
      told.forEach(token -> text.append(token.text()));
      return new DecisionOutput(
          "failed",
          text.toString(),
          TokenIds.of(told.stream().mapToInt(GeneratedToken::id).toArray()),
          0,
          List.of(),
          Optional.empty(),
          0,
          0,
          Optional.empty());
    }

    /** Nothing is told by going on, so nothing is waited for. */
    @Override
    public boolean mayGoOn() {
      return listener.mayGoOn()
          && !(started.isDone()
              && stops.ordered(decision, PendingDecision.joined(started).index()));
    }
  }
}
