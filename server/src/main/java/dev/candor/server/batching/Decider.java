package dev.candor.server.batching;

import dev.candor.governance.access.Principal;
import dev.candor.governance.decisions.DecisionPipeline;
import dev.candor.server.HttpProblem;
import dev.candor.server.admin.Measurements;
import dev.candor.server.batching.DecisionRuns.Run;
import dev.candor.server.traces.DecisionTraces;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets requests have their decisions: so many at once, so much for each principal, and none any
 * more when the server ends. Safe for use by many threads.
 */
public final class Decider {

  private final DecisionPipeline pipeline;
  private final Slots slots;
  private final Quotas quotas;
  private final RunMeter meter;
  private final Measurements measurements;
  private final Set<DecisionRuns> running = ConcurrentHashMap.newKeySet();
  private final DecisionTraces traces;
  private volatile boolean closing;

  /** All decisions go this way. */
  public Decider(DecisionPipeline pipeline, Slots slots, Quotas quotas) {
    this(pipeline, slots, quotas, RunMeter.NONE, new Measurements(), DecisionTraces.NONE);
  }

  /** The same, with those who measure. */
  public Decider(
      DecisionPipeline pipeline,
      Slots slots,
      Quotas quotas,
      RunMeter meter,
      Measurements measurements,
      DecisionTraces traces) {
    this.traces = traces;
    this.meter = meter;
    this.pipeline = pipeline;
    this.measurements = measurements;
    this.slots = slots;
    this.quotas = quotas;
  }

  DecisionPipeline pipeline() {
    return pipeline;
  }

  Quotas quotas() {
    return quotas;
  }

  RunMeter meter() {
    return meter;
  }

  DecisionTraces traces() {
    return traces;
  }

  Measurements measurements() {
    return measurements;
  }

  /** Who computes, and who waits. */
  public Slots slots() {
    return slots;
  }

  /**
   * Begins to decide.
   *
   * @param runs the choices of one request, all of one principal
   * @throws HttpProblem 429 if there is no place to wait or the quota is used up, 503 if the server
   *     ends
   */
  public DecisionRuns begin(List<Run> runs) {
    return begin(runs, Optional.empty());
  }

  /**
   * The same. Where the queue would never have room for all of them, they take turns.
   *
   * @param patience how long whoever asks waits for the first token, if they say
   */
  public DecisionRuns begin(List<Run> runs, Optional<Duration> patience) {
    return begin(runs, runs.size(), patience);
  }

  /**
   * The same for a request of many parts: no more of them than there are places take one or wait
   * for one at a time, and each that ends makes room for the next. Once it has begun it is not
   * turned away.
   */
  public DecisionRuns beginInTurns(List<Run> runs) {
    return begin(runs, slots.places(), Optional.empty());
  }

  private DecisionRuns begin(List<Run> runs, int most, Optional<Duration> patience) {
    requireRoom(runs.getFirst().request().principal());
    String principal = runs.getFirst().request().principal().name();
    String model = runs.getFirst().request().model().name();
    int fitting = Math.min(most, slots.mostAtOnce(model));
    // What never fits has its turns among the places, and does not fill the queue for the others.
    int atOnce = runs.size() <= fitting ? runs.size() : Math.min(fitting, slots.places());
    List<Slots.Ticket> tickets = slots.enter(principal, model, patience, atOnce);
    DecisionRuns begun = DecisionRuns.begin(this, runs, tickets);
    running.add(begun);
    if (begun.haveEnded()) {
      running.remove(begun);
    }
    return begun;
  }

  /**
   * Goes on only if a request of theirs may begin.
   *
   * @throws HttpProblem 429 if the quota is used up, 503 if the server ends
   */
  public void requireRoom(Principal principal) {
    requireOpen();
    quotas.require(principal.name());
  }

  void requireOpen() {
    if (closing) {
      throw HttpProblem.of(503, "server_stopping", "The server is about to stop.")
          .with("Retry-After", "5");
    }
  }

  void ended(DecisionRuns runs) {
    running.remove(runs);
  }

  /** Begins nothing more. */
  public void stopBeginning() {
    closing = true;
  }

  /** Whether nothing begins any more. */
  public boolean isClosing() {
    return closing;
  }

  /** How many requests have decisions that have not ended. */
  public int requests() {
    return running.size();
  }

  /** Ends all that have not ended, within one token. */
  public void cancelAll() {
    running.forEach(DecisionRuns::cancel);
  }
}
