package dev.candor.server.admin;

import dev.candor.server.batching.RunMeter;
import dev.candor.server.batching.Slots;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the server does, as of now and over the last ten minutes: a sample every two seconds, in
 * memory. Nothing in it tells who asked or what. Safe for use by many threads.
 */
public final class LiveFigures implements RunMeter {

  /** How far apart samples are. */
  public static final Duration STEP = Duration.ofSeconds(2);

  private static final int MOST_SAMPLES = 300;

  /** Latencies are those of decisions that ended within so many seconds. */
  private static final long LATENCY_SECONDS = 60;

  private static final int MOST_ENDED = 4_096;

  private final Slots slots;
  private final ProcessMemory memory;
  private final InstantSource clock;
  private final LongAdder tokens = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Deque<Ended> ended = new ArrayDeque<>();
  private final Deque<Sample> samples = new ArrayDeque<>();
  private long sampledTokens;
  private long sampledNanos = System.nanoTime();

  private record Ended(long seconds, double firstTokenMillis) {}

  /**
   * How it was at a time.
   *
   * @param seconds since 1970
   * @param tokensPerSecond that were told since the sample before, of all answers together
   * @param firstTokenMedianMillis of decisions that ended within the last minute; −1 without any
   * @param firstTokenP99Millis the same, the 99th percentile by nearest rank
   * @param computing decisions that are computed
   * @param waiting requests that wait for a place
   * @param residentBytes memory of the process, mapped weights included; −1 if unknown
   * @param heapBytes that objects take
   */
  public record Sample(
      long seconds,
      double tokensPerSecond,
      double firstTokenMedianMillis,
      double firstTokenP99Millis,
      int computing,
      int waiting,
      long residentBytes,
      long heapBytes) {}

  /**
   * Counts since the start.
   *
   * @param answered decisions that were made
   * @param failed decisions that ended with an error, refusals among them
   * @param tokens that were told
   */
  public record Totals(long answered, long failed, long tokens) {}

  /**
   * @param slots who computes and who waits
   * @param clock what time it is
   */
  public LiveFigures(Slots slots, InstantSource clock) {
    this.slots = slots;
    this.clock = clock;
    this.memory = new ProcessMemory();
  }

  @Override
  public void told() {
    tokens.increment();
  }

  @Override
  public void ended(Ran ran) {
    (ran.failed() ? failed : answered).increment();
    if (ran.firstToken().isPresent()) {
      double millis = ran.firstToken().get().toNanos() / 1e6;
      synchronized (this) {
        ended.addLast(new Ended(clock.millis() / 1_000, millis));
        if (ended.size() > MOST_ENDED) {
          ended.removeFirst();
        }
      }
    }
  }

  /** Takes a sample; called every {@link #STEP}. */
  public synchronized void sample() {
    long nanos = System.nanoTime();
    long told = tokens.sum();
    double seconds = Math.max(1e-3, (nanos - sampledNanos) / 1e9);
    long now = clock.millis() / 1_000;
    while (!ended.isEmpty() && ended.getFirst().seconds() < now - LATENCY_SECONDS) {
      ended.removeFirst();
    }
    double[] sorted = ended.stream().mapToDouble(Ended::firstTokenMillis).sorted().toArray();
    samples.addLast(
        new Sample(
            now,
            (told - sampledTokens) / seconds,
            rank(sorted, 0.5),
            rank(sorted, 0.99),
            slots.taken(),
            slots.waiting(),
            memory.residentBytes(),
            memory.heapBytes()));
    sampledTokens = told;
    sampledNanos = nanos;
    if (samples.size() > MOST_SAMPLES) {
      samples.removeFirst();
    }
  }

  /** The value of nearest rank; −1 without values. */
  static double rank(double[] sorted, double share) {
    return sorted.length == 0
        ? -1
        : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  /** The samples, the oldest first. */
  public synchronized List<Sample> samples() {
    return new ArrayList<>(samples);
  }

  /** The newest sample, which is taken if there is none. */
  public synchronized Sample now() {
    if (samples.isEmpty()) {
      sample();
    }
    return samples.getLast();
  }

  /** Counts since the start. */
  public Totals totals() {
    return new Totals(answered.sum(), failed.sum(), tokens.sum());
  }
}
