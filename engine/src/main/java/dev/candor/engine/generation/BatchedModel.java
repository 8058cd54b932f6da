package dev.candor.engine.generation;

import dev.candor.engine.EngineException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.KeyValueCache;
import dev.candor.engine.models.LinearLayers;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import dev.candor.engine.models.Trace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A model whose sequences are read together: what several threads ask for at about the same time is
 * one pass over the weights (continuous batching, after Orca, OSDI 2022). Each gets the bits that
 * it would get alone, for that is what {@link CausalModel#forward} promises. A long prompt is read
 * in parts between the tokens of those who answer already, and several prompts share that room.
 *
 * <p>One thread computes; whoever asks waits for it. After a pass it waits for those who were in it
 * to come back with their next token, as long as they keep coming. It is woken when all are there,
 * not by each: what they do between two passes has the processors for itself.
 */
final class BatchedModel implements CausalModel, AutoCloseable {

  /** Most tokens of a pass: as many as the weights are read once for. */
  private static final int MOST_TOKENS = KeyValueCache.CHUNK;

  /**
   * So many tokens of prompts may always be in a pass that others wait for with their next token.
   */
  private static final int LEAST_BESIDE_ANSWERS = 48;

  /**
   * Tokens of prompts that may be in a pass for each that answers there: what it costs those who
   * answer stays in proportion, and who has many with them does not wait ever longer to begin.
   */
  private static final int BESIDE_AN_ANSWER = 2;

  /** Fewest tokens of a prompt in a pass, unless it has fewer. */
  private static final int LEAST_PART = 16;

  /**
   * A span of up to so many tokens is one of an answer: a token, drafts, and what had to follow.
   */
  private static final int LONGEST_STEP = 2 * (TokenSpan.MOST_DRAFTS + 1);

  /** The least time that the thread waits for the next who comes back. */
  private static final long LEAST_PATIENCE_NANOS = 500_000;

  private final CausalModel model;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();

  /** That the thread need not wait any longer. */
  private final Condition changed = lock.newCondition();

  private final List<Job> arrived = new ArrayList<>();

  /** Who got a token of the last pass, and has neither come back nor said that they will not. */
  private final Set<Thread> awaited = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * When those who read a prompt began, so that a long one does not queue for each of its parts.
   */
  private final Map<Thread, Long> reading = new WeakHashMap<>();

  private long promptsBegun;
  private long lastArrivalNanos;
  private boolean closed;

  /** Jobs that a pass has left unfinished, in the order they came. */
  private final List<Job> begun = new ArrayList<>();

  private float[] logits = new float[0];
  private long lastPassNanos;
  private volatile int lastSequences;

  /** A span that somebody waits for. */
  private static final class Job {
    private final TokenSpan span;
    private final float[] logits;
    private final Thread waiter = Thread.currentThread();

    /** Prompts are read in this order. */
    private long turn;

    private int done;
    private volatile boolean finished;
    private @Nullable Throwable thrown;

    Job(TokenSpan span, float[] logits) {
      this.span = span;
      this.logits = logits;
    }

    int left() {
      return span.length() - done;
    }

    boolean isStep() {
      return span.length() <= LONGEST_STEP;
    }

    /** Whether it may be read in parts: the one draft of a prompt's end goes with its last part. */
    boolean isDivisible() {
      return span.drafts() <= 1 && span.wanted() != LogitsRequest.ALL;
    }

    /** The next part, of so many tokens. */
    TokenSpan part(int tokens) {
      if (done == 0 && tokens == span.length()) {
        return span;
      }
      int from = span.from() + done;
      boolean isLast = tokens == left();
      return new TokenSpan(
          span.state(),
          span.tokens(),
          from,
          from + tokens,
          isLast ? span.wanted() : LogitsRequest.NONE,
          isLast ? span.drafts() : 0);
    }

    void finish() {
      finished = true;
      LockSupport.unpark(waiter);
    }
  }

  /** What a pass reads of a job. */
  private record Part(Job job, TokenSpan span) {

    int rows() {
      return switch (span.wanted()) {
        case NONE -> 0;
        case LAST -> Math.min(1, span.length());
        case ALL -> span.length();
      };
    }
  }

  BatchedModel(CausalModel model) {
    this.model = model;
    thread = Thread.ofPlatform().daemon().name("candor-batch").start(this::run);
  }

  @Override
  public void forward(List<TokenSpan> spans, float[] out, Trace trace) {
    if (spans.size() != 1 || trace != Trace.NONE || spans.getFirst().length() == 0) {
      model.forward(spans, out, trace);
      return;
    }
    Job job = new Job(spans.getFirst(), out);
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model is closed");
      }
      arrived.add(job);
      lastArrivalNanos = System.nanoTime();
      awaited.remove(job.waiter);
      if (job.isStep() || job.span.from() == 0) {
        reading.remove(job.waiter);
      }
      if (!job.isStep()) {
        job.turn = reading.computeIfAbsent(job.waiter, _ -> promptsBegun++);
      }
      signalIfAllAreThere();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (!job.finished) {
      LockSupport.park(job);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    switch (job.thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  @Override
  public void pauses() {
    lock.lock();
    try {
      if (awaited.remove(Thread.currentThread())) {
        signalIfAllAreThere();
      }
    } finally {
      lock.unlock();
    }
  }

  private void signalIfAllAreThere() {
    if (awaited.isEmpty()) {
      changed.signal();
    }
  }

  private void run() {
    while (true) {
      List<Job> jobs = gather();
      if (jobs.isEmpty()) {
        failAll();
        return;
      }
      long started = System.nanoTime();
      List<Part> parts = choose(jobs);
      lastSequences = jobs.size();
      await(parts);
      pass(parts);
      lastPassNanos = System.nanoTime() - started;
      begun.removeIf(job -> job.finished);
    }
  }

  /** Whoever gets a token of this pass comes back, but not before it ends. */
  private void await(List<Part> parts) {
    lock.lock();
    try {
      for (Part part : parts) {
        if (part.job().isStep()) {
          awaited.add(part.job().waiter);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** All that is to be read now; nothing when this is closed. */
  private List<Job> gather() {
    lock.lock();
    try {
      awaitThoseOfTheLastPass();
      while (!closed && arrived.isEmpty() && begun.isEmpty()) {
        changed.await();
      }
      if (closed) {
        return List.of();
      }
      begun.addAll(arrived);
      arrived.clear();
      return List.copyOf(begun);
    } catch (InterruptedException e) {
      closed = true;
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private void awaitThoseOfTheLastPass() throws InterruptedException {
    long patience = Math.max(LEAST_PATIENCE_NANOS, lastPassNanos / 4);
    long now = System.nanoTime();
    long end = now + Math.max(LEAST_PATIENCE_NANOS, lastPassNanos);
    lastArrivalNanos = now;
    while (!closed && !awaited.isEmpty()) {
      long left = Math.min(lastArrivalNanos + patience, end) - System.nanoTime();
      if (left <= 0) {
        break;
      }
      var unused = changed.awaitNanos(left);
    }
    awaited.clear();
  }

  /** What the next pass reads: a step of everybody who answers, then equal parts of prompts. */
  private List<Part> choose(List<Job> jobs) {
    List<Part> parts = new ArrayList<>();
    int room = MOST_TOKENS;
    for (Job job : jobs) {
      if (job.isStep() && (job.left() <= room || parts.isEmpty())) {
        parts.add(new Part(job, job.part(job.left())));
        room -= job.left();
      }
    }
    List<Job> prompts =
        jobs.stream()
            .filter(job -> !job.isStep())
            .sorted(Comparator.comparingLong(job -> job.turn))
            .toList();
    int beside = Math.max(LEAST_BESIDE_ANSWERS, BESIDE_AN_ANSWER * parts.size());
    int share = parts.isEmpty() ? room : Math.min(room, beside);
    int waiting = prompts.size();
    for (Job job : prompts) {
      if (share <= 0) {
        break;
      }
      int part = Math.max(LEAST_PART, share / waiting--);
      int tokens = job.isDivisible() ? Math.min(job.left(), Math.min(part, share)) : job.left();
      // What is not divided has its turn too, once it has waited longest.
      boolean isFirst = job == prompts.getFirst();
      if (job.isDivisible() || tokens <= share || isFirst || parts.isEmpty()) {
        parts.add(new Part(job, job.part(tokens)));
        share -= tokens;
      }
    }
    return parts;
  }

  private void pass(List<Part> parts) {
    try {
      read(parts);
    } catch (EngineException e) {
      if (parts.size() == 1) {
        fail(parts.getFirst().job(), e);
      } else {
        // One of them cannot be read; no state has changed, so each goes alone.
        parts.forEach(part -> pass(List.of(part)));
      }
    } catch (RuntimeException | Error e) {
      parts.forEach(part -> fail(part.job(), e));
    }
  }

  /** Nobody waits for a thread that has ended. */
  private void failAll() {
    lock.lock();
    try {
      begun.addAll(arrived);
      arrived.clear();
    } finally {
      lock.unlock();
    }
    begun.forEach(job -> fail(job, new IllegalStateException("the model is closed")));
    begun.clear();
  }

  private static void fail(Job job, Throwable thrown) {
    job.thrown = thrown;
    job.finish();
  }

  private void read(List<Part> parts) {
    int vocabulary = model.vocabularySize();
    Part only = parts.getFirst();
    if (parts.size() == 1) {
      model.forward(List.of(only.span()), only.job().logits, Trace.NONE);
    } else {
      int rows = parts.stream().mapToInt(Part::rows).sum();
      if (logits.length < rows * vocabulary) {
        logits = new float[rows * vocabulary];
      }
      model.forward(parts.stream().map(Part::span).toList(), logits, Trace.NONE);
      int row = 0;
      for (Part part : parts) {
        System.arraycopy(logits, row * vocabulary, part.job().logits, 0, part.rows() * vocabulary);
        row += part.rows();
      }
    }
    for (Part part : parts) {
      Job job = part.job();
      job.done += part.span().length();
      if (job.left() == 0) {
        job.finish();
      }
    }
  }

  @Override
  public boolean servesOthers() {
    return lastSequences > 1;
  }

  @Override
  public String architecture() {
    return model.architecture();
  }

  @Override
  public int vocabularySize() {
    return model.vocabularySize();
  }

  @Override
  public int contextLength() {
    return model.contextLength();
  }

  @Override
  public long stateBytes(int capacity, BlockFormat cacheFormat) {
    return model.stateBytes(capacity, cacheFormat);
  }

  @Override
  public long workingBytes(int capacity) {
    return model.workingBytes(capacity);
  }

  @Override
  public SequenceState newState(int capacity, BlockFormat cacheFormat) {
    return model.newState(capacity, cacheFormat);
  }

  @Override
  public LinearLayers linearLayers() {
    return model.linearLayers();
  }

  @Override
  public int hiddenSize() {
    return model.hiddenSize();
  }

  @Override
  public void hiddenStates(List<TokenSpan> spans, float[] hidden) {
    model.hiddenStates(spans, hidden);
  }

  /** Ends the thread. Nobody may wait for a pass any more. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
