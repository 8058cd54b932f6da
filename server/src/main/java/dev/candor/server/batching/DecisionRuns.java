package dev.candor.server.batching;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.governance.decisions.ContextSource;
import dev.candor.governance.decisions.Decision;
import dev.candor.governance.decisions.DecisionListener;
import dev.candor.governance.decisions.DecisionRequest;
import dev.candor.server.HttpProblems;
import dev.candor.server.connections.Exchange;
import dev.candor.server.traces.DecisionTraces;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The decisions of one request, each in a thread of its own, and what becomes of them as events.
 * Whoever writes to the client takes the events: a client that reads slowly keeps nobody else
 * waiting, and one that has gone away ends its decisions within one token.
 */
public final class DecisionRuns implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(DecisionRuns.class.getName());

  /** How often to look whether the client is still there. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Decider decider;
  private final List<Run> runs;
  private final BlockingQueue<RunEvent> events = new LinkedBlockingQueue<>();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicInteger taken = new AtomicInteger();
  private final long askedNanos = System.nanoTime();
  private final Instant asked = Instant.now();
  private final String operation = operationOf(Exchange.current().path());
  private final Optional<String> parent = Exchange.current().header("traceparent");
  private long lookNanos = System.nanoTime() + LOOK.toNanos();
  private volatile boolean cancelled;
  private volatile boolean begun;

  private DecisionRuns(Decider decider, List<Run> runs) {
    this.decider = decider;
    this.runs = List.copyOf(runs);
  }

  /** One who decides, and where its sessions come from. */
  public record Run(DecisionRequest request, ContextSource contexts) {}

  /** Begins as many as there are tickets; each that ends makes room for the next. */
  static DecisionRuns begin(Decider decider, List<Run> runs, List<Slots.Ticket> tickets) {
    DecisionRuns all = new DecisionRuns(decider, runs);
    all.unfinished.set(runs.size());
    all.taken.set(tickets.size());
    for (int i = 0; i < tickets.size(); i++) {
      Slots.Ticket ticket = tickets.get(i);
      int choice = i;
      Thread.ofVirtual().name("decision").start(() -> all.decideInTurn(choice, ticket));
    }
    return all;
  }

  private void decideInTurn(int first, Slots.Ticket ticket) {
    int choice = first;
    Slots.Ticket place = ticket;
    while (true) {
      Run run = runs.get(choice);
      decide(choice, run, place);
      choice = taken.getAndIncrement();
      if (choice >= runs.size()) {
        return;
      }
      place = decider.slots().enterAgain(place);
    }
  }

  private void decide(int choice, Run run, Slots.Ticket ticket) {
    RunEvent last;
    try (ticket) {
      last = decided(choice, run, ticket);
    } catch (RuntimeException | Error e) {
      last = new RunEvent.Failed(choice, e);
    }
    try {
      trace(run, last);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.WARNING, "a decision has no trace", e);
    }
    events.add(last);
    synchronized (unfinished) {
      if (unfinished.decrementAndGet() == 0) {
        decider.ended(this);
        unfinished.notifyAll();
      }
    }
  }

  private void trace(Run run, RunEvent last) {
    Optional<Decision> made =
        last instanceof RunEvent.Finished it ? Optional.of(it.decision()) : Optional.empty();
    String outcome =
        switch (last) {
          case RunEvent.Finished it -> it.decision().output().outcome();
          case RunEvent.Failed it when it.thrown() instanceof ClientLeft -> "client_left";
          case RunEvent.Failed it -> HttpProblems.of(it.thrown()).code();
          default -> throw new IllegalArgumentException(last.toString());
        };
    decider
        .traces()
        .ended(
            new DecisionTraces.Ended(
                operation,
                run.request().model().name(),
                parent,
                asked,
                Instant.now(),
                made.map(it -> it.receipt().decision()),
                outcome,
                made.isEmpty(),
                run.request().task().promptTokens(),
                made.map(it -> it.output().tokens().size()).orElse(0),
                made.map(it -> it.output().firstTokenNanos())
                    .filter(nanos -> nanos > 0)
                    .map(Duration::ofNanos)));
  }

  /** As OpenTelemetry's conventions call what an endpoint does. */
  private static String operationOf(String path) {
    if (path.contains("embed")) {
      return "embeddings";
    }
    return path.equals("/v1/completions") || path.equals("/api/generate")
        ? "text_completion"
        : "chat";
  }

  private RunEvent decided(int choice, Run run, Slots.Ticket ticket) {
    if (!ticket.await(() -> !cancelled) || cancelled) {
      return new RunEvent.Failed(choice, new ClientLeft());
    }
    decider.requireOpen();
    if (!begun) {
      // Others of the same principal may have used up the quota while this one waited.
      decider.quotas().require(run.request().principal().name());
      begun = true;
    }
    long began = System.nanoTime();
    DecisionRequest request = run.request();
    int tokens = 0;
    boolean failed = true;
    Listener listener = new Listener(choice);
    try {
      Decision decision = decider.pipeline().decide(request, run.contexts(), listener);
      if (!decision.repeated()) {
        tokens = request.task().promptTokens() + decision.output().tokens().size();
        decider
            .measurements()
            .decision(
                request.model().name(),
                decision.output().outcome(),
                request.task().promptTokens(),
                decision.output().tokens().size(),
                decision.output().firstTokenNanos(),
                System.nanoTime() - began);
      }
      failed = false;
      return new RunEvent.Finished(choice, decision);
    } finally {
      decider.quotas().charge(request.principal().name(), tokens, System.nanoTime() - began);
      decider.meter().ended(listener.ran(began, failed));
    }
  }

  /** Makes events of what happens to a decision, and keeps the time. */
  private final class Listener implements DecisionListener {
    private final int choice;
    private long firstNanos;
    private int told;

    Listener(int choice) {
      this.choice = choice;
    }

    RunMeter.Ran ran(long beganNanos, boolean failed) {
      return new RunMeter.Ran(
          Duration.ofNanos(beganNanos - askedNanos),
          told == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(firstNanos - askedNanos)),
          Duration.ofNanos(System.nanoTime() - askedNanos),
          told,
          failed);
    }

    @Override
    public void onAdmitted(String id) {
      events.add(new RunEvent.Admitted(choice, id));
    }

    @Override
    public void onVector(float[] vector) {
      events.add(new RunEvent.Vector(choice, vector));
    }

    @Override
    public boolean onProgress(int done, int total) {
      events.add(new RunEvent.Progress(choice, done, total));
      return !cancelled;
    }

    @Override
    public boolean onToken(GeneratedToken token) {
      count();
      events.add(new RunEvent.Told(choice, token));
      return !cancelled;
    }

    @Override
    public boolean onThought(GeneratedToken token) {
      count();
      return !cancelled;
    }

    @Override
    public boolean mayGoOn() {
      return !cancelled;
    }

    private void count() {
      if (told++ == 0) {
        firstNanos = System.nanoTime();
      }
      decider.meter().told();
    }
  }

  /**
   * What happens next, for the thread that answers the request.
   *
   * @return empty if nothing did for so long
   * @throws ClientLeft if nobody waits for it any more
   */
  public Optional<RunEvent> next(Duration most) {
    long end = System.nanoTime() + most.toNanos();
    try {
      while (true) {
        long now = System.nanoTime();
        if (now - lookNanos >= 0) {
          requireClient();
          lookNanos = now + LOOK.toNanos();
        }
        long wait = Math.min(end, lookNanos) - now;
        RunEvent event = events.poll(Math.max(1, wait), TimeUnit.NANOSECONDS);
        if (event != null || System.nanoTime() - end >= 0) {
          return Optional.ofNullable(event);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancelled = true;
      throw new ClientLeft();
    }
  }

  private void requireClient() {
    if (Exchange.current().hasClientLeft()) {
      cancelled = true;
      throw new ClientLeft();
    }
  }

  /**
   * How many tokens of a prompt had been read before, for an earlier request.
   *
   * @param first of the choices that have the prompt
   * @param choices how many have it; each reads it, and the usage counts it once
   */
  public int reusedTokens(int first, int choices) {
    return runs.subList(first, first + choices).stream()
        .mapToInt(run -> run.contexts().reusedTokens())
        .max()
        .orElse(0);
  }

  /** Whether all have ended; their last events may still be there. */
  public boolean haveEnded() {
    return unfinished.get() == 0;
  }

  /** Lets all end within one token. */
  void cancel() {
    cancelled = true;
  }

  /** Ends what has not ended, and waits for that: then nobody uses the model any more. */
  @Override
  public void close() {
    cancelled = true;
    boolean interrupted = false;
    synchronized (unfinished) {
      while (!haveEnded()) {
        try {
          unfinished.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
