package dev.candor.server.batching;

import dev.candor.server.HttpProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who may compute now. There are so many places; who comes when all are taken waits, and is turned
 * away if too many wait. A place that gets free goes to the principal that has the fewest, of
 * several to whoever has waited longest: one that sends a thousand requests does not keep another
 * waiting for a thousand answers. Nor does it fill the queue: where that is full, the newest
 * request of the principal that has most there is turned away for another's. Nor does a model that
 * has no more room keep requests of another waiting. Safe for use by many threads.
 */
public final class Slots {

  /** How often somebody who waits looks whether it is still worth it. */
  private static final long LOOK_MILLIS = 100;

  private static final int LONGEST_RETRY_SECONDS = 60;

  private final int places;
  private final int mostWaiting;
  private final Function<String, Group> groups;
  private final List<Ticket> waiting = new ArrayList<>();
  private final Map<String, Integer> running = new HashMap<>();
  private final Map<String, Integer> computing = new HashMap<>();
  private int taken;
  private boolean isMeasured;
  private double averageMillis = 1_000;

  /**
   * Models that compute with the same weights.
   *
   * @param name of them together
   * @param places how many sequences of them there is memory for at once
   */
  public record Group(String name, int places) {}

  /**
   * @param places how many compute at once
   * @param mostWaiting how many wait
   */
  public Slots(int places, int mostWaiting) {
    this(places, mostWaiting, model -> new Group(model, places));
  }

  /**
   * The same.
   *
   * @param groups the group of a model, by its name
   */
  public Slots(int places, int mostWaiting, Function<String, Group> groups) {
    this.places = places;
    this.mostWaiting = mostWaiting;
    this.groups = groups;
  }

  /** A place, or one that is waited for. Closing it gives it back. */
  public final class Ticket implements AutoCloseable {
    private final String principal;
    private final String model;
    private final Object request;
    private final boolean goesOn;
    private String group = "";
    private boolean granted;
    private boolean closed;
    private @Nullable HttpProblem turnedAway;
    private long beganNanos;

    private Ticket(String principal, String model, Object request, boolean goesOn) {
      this.principal = principal;
      this.model = model;
      this.request = request;
      this.goesOn = goesOn;
    }

    /**
     * Waits for the place.
     *
     * @param goOn whether to wait on
     * @return whether it is there
     * @throws HttpProblem 429 if the place in the queue was needed for another principal
     */
    public boolean await(BooleanSupplier goOn) {
      synchronized (Slots.this) {
        while (!granted) {
          if (turnedAway != null) {
            throw turnedAway;
          }
          if (!goOn.getAsBoolean()) {
            return false;
          }
          try {
            Slots.this.wait(LOOK_MILLIS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
          }
        }
        return true;
      }
    }

    @Override
    public void close() {
      synchronized (Slots.this) {
        if (closed) {
          return;
        }
        closed = true;
        if (granted) {
          taken--;
          running.computeIfPresent(principal, (_, count) -> count == 1 ? null : count - 1);
          computing.computeIfPresent(group, (_, count) -> count == 1 ? null : count - 1);
          double millis = (System.nanoTime() - beganNanos) / 1e6;
          averageMillis = isMeasured ? averageMillis + (millis - averageMillis) / 16 : millis;
          isMeasured = true;
        } else {
          waiting.remove(this);
        }
        grant();
      }
    }
  }

  /**
   * Takes places for the parts of a request, or begins to wait for those that are not there: for
   * all of them or for none, so that of two requests that do not both fit one goes on.
   *
   * @param model the name of the model that is to compute
   * @param patience how long whoever asks waits for the first token, if they say
   * @param count 1 to {@link #mostAtOnce}
   * @return so many, in the order in which they are served
   * @throws HttpProblem 429 if too many wait; also where, by what was measured, the first token
   *     would come later than that
   */
  public synchronized List<Ticket> enter(
      String principal, String model, Optional<Duration> patience, int count) {
    int atOnce = Math.min(count, Math.min(places - taken, room(model)));
    // First: who would not stay takes nobody's place in the queue.
    if (atOnce == 0 && isMeasured && patience.isPresent()) {
      requireInTime(expectedMillis(principal, model), patience.get());
    }
    if (atOnce < count && !makesRoomFor(principal, count - atOnce)) {
      throw full();
    }
    Object request = new Object();
    List<Ticket> tickets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tickets.add(new Ticket(principal, model, request, false));
    }
    waiting.addAll(tickets);
    grant();
    return tickets;
  }

  /** The same for a request of one part. */
  public Ticket enter(String principal, String model, Optional<Duration> patience) {
    return enter(principal, model, patience, 1).getFirst();
  }

  /** How many places a request may take at once, at most: what does not fit is never taken. */
  public int mostAtOnce(String model) {
    return Math.max(Math.min(places, groups.apply(model).places()), mostWaiting);
  }

  /**
   * Begins to wait for a place for the next part of a request whose part before has just given back
   * its own: it waits as any other, but is not turned away, for much of it is done. Where the part
   * before was turned away itself, so is this one.
   */
  public synchronized Ticket enterAgain(Ticket before) {
    Ticket ticket = new Ticket(before.principal, before.model, new Object(), true);
    ticket.turnedAway = before.turnedAway;
    if (ticket.turnedAway == null) {
      waiting.add(ticket);
      grant();
    }
    return ticket;
  }

  /**
   * Turns away the newest requests of who has most in the queue, as long as that is more than this
   * one will have; nobody if that is not enough.
   */
  private boolean makesRoomFor(String principal, int more) {
    List<Ticket> staying = new ArrayList<>(waiting);
    while (staying.size() + more > mostWaiting) {
      Optional<Ticket> newest = newestOfMost(staying, principal, more);
      if (newest.isEmpty()) {
        return false;
      }
      Object request = newest.get().request;
      staying.removeIf(each -> each.request == request);
    }
    List<Ticket> away = new ArrayList<>(waiting);
    away.removeAll(staying);
    HttpProblem problem = full();
    away.forEach(each -> each.turnedAway = problem);
    waiting.removeAll(away);
    notifyAll();
    return true;
  }

  private static Optional<Ticket> newestOfMost(List<Ticket> tickets, String principal, int more) {
    Map<String, Integer> counts = new HashMap<>();
    tickets.forEach(each -> counts.merge(each.principal, 1, Integer::sum));
    int most = counts.getOrDefault(principal, 0) + more;
    Optional<Ticket> newest = Optional.empty();
    for (Ticket each : tickets) {
      int its = counts.getOrDefault(each.principal, 0);
      if (!each.goesOn && (its > most || its == most && newest.isPresent())) {
        most = its;
        newest = Optional.of(each);
      }
    }
    return newest;
  }

  private boolean hasRoom(String model) {
    return room(model) > 0;
  }

  private int room(String model) {
    Group group = groups.apply(model);
    return Math.max(0, group.places() - computing.getOrDefault(group.name(), 0));
  }

  /**
   * When a place would be there: those before it are all of its own principal, and of each other
   * one as many, for places go round.
   */
  private double expectedMillis(String principal, String model) {
    Map<String, Integer> counts = new HashMap<>();
    waiting.forEach(each -> counts.merge(each.principal, 1, Integer::sum));
    int own = counts.getOrDefault(principal, 0);
    int before = own;
    for (Map.Entry<String, Integer> each : counts.entrySet()) {
      if (!each.getKey().equals(principal)) {
        before += Math.min(each.getValue(), own + 1);
      }
    }
    int abreast = Math.max(1, Math.min(places, groups.apply(model).places()));
    return averageMillis * (before + 1) / abreast;
  }

  private void requireInTime(double millis, Duration patience) {
    if (millis <= patience.toMillis()) {
      return;
    }
    long late = (long) Math.ceil((millis - patience.toMillis()) / 1_000);
    long retry = Math.clamp(late, 1, LONGEST_RETRY_SECONDS);
    throw HttpProblem.of(
            429,
            "queue_too_slow",
            String.format(
                Locale.ROOT,
                "The first token would come in about %.1f s, and the client waits for %.1f s. Ask"
                    + " again in %d s, or wait longer.",
                millis / 1e3,
                patience.toMillis() / 1e3,
                retry))
        .with("Retry-After", Long.toString(retry));
  }

  private HttpProblem full() {
    double seconds = averageMillis * (waiting.size() + 1) / places / 1_000;
    int retry = (int) Math.clamp((long) Math.ceil(seconds), 1, LONGEST_RETRY_SECONDS);
    return HttpProblem.of(
            429,
            "queue_full",
            "The server computes "
                + taken
                + " answers, and "
                + waiting.size()
                + " requests wait, which is the limit. Ask again in "
                + retry
                + " s.")
        .with("Retry-After", Integer.toString(retry));
  }

  private void grant() {
    while (taken < places) {
      Ticket next = null;
      for (Ticket each : waiting) {
        if (hasRoom(each.model) && (next == null || share(each) < share(next))) {
          next = each;
        }
      }
      if (next == null) {
        break;
      }
      waiting.remove(next);
      next.group = groups.apply(next.model).name();
      computing.merge(next.group, 1, Integer::sum);
      running.merge(next.principal, 1, Integer::sum);
      next.granted = true;
      next.beganNanos = System.nanoTime();
      taken++;
    }
    notifyAll();
  }

  private int share(Ticket ticket) {
    return running.getOrDefault(ticket.principal, 0);
  }

  /** How many compute at once, at most. */
  public int places() {
    return places;
  }

  /** How many compute. */
  public synchronized int taken() {
    return taken;
  }

  /** How many wait. */
  public synchronized int waiting() {
    return waiting.size();
  }
}
