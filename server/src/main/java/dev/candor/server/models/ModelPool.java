package dev.candor.server.models;

import dev.candor.server.HttpProblem;
import dev.candor.server.batching.Slots;
import dev.candor.server.models.ModelSource.Offer;
import dev.candor.server.prefixes.PrefixStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The models in memory: brought there when somebody asks for them, kept while they are used and for
 * some time after, put out for others when there is no room. One is brought in at a time; requests
 * for others go on meanwhile. Safe for use by many threads.
 */
public final class ModelPool implements AutoCloseable {

  /** How long a model stays that nobody asks, if nothing is said; negative for ever. */
  public static final Duration FOR_EVER = Duration.ofSeconds(-1);

  private final ModelSource source;
  private final long budgetBytes;
  private final Duration usualKeepAlive;
  private final InstantSource clock;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Object opening = new Object();

  private static final class Entry {
    private final ServedModel model;
    private final Optional<Lease> base;
    private int users;
    private long lastMillis;
    private Duration keepAlive;

    Entry(ServedModel model, Duration keepAlive, Optional<Lease> base) {
      this.model = model;
      this.keepAlive = keepAlive;
      this.base = base;
    }

    void close() {
      model.close();
      base.ifPresent(Lease::close);
    }
  }

  /**
   * @param budgetBytes most bytes of all models in memory together; one alone may have more
   * @param usualKeepAlive how long a model stays that nobody asks; negative for ever
   */
  public ModelPool(
      ModelSource source, long budgetBytes, Duration usualKeepAlive, InstantSource clock) {
    this.source = source;
    this.budgetBytes = budgetBytes;
    this.usualKeepAlive = usualKeepAlive;
    this.clock = clock;
  }

  /** A model that stays in memory until this is closed. */
  public final class Lease implements AutoCloseable {
    private final Entry entry;
    private boolean closed;

    private Lease(Entry entry) {
      this.entry = entry;
    }

    /** The model. */
    public ServedModel model() {
      return entry.model;
    }

    /** Says how long it stays when nobody asks it any more; negative for ever. */
    public void keepAlive(Duration time) {
      synchronized (entries) {
        entry.keepAlive = time;
      }
    }

    @Override
    public void close() {
      synchronized (entries) {
        if (!closed) {
          closed = true;
          entry.users--;
          entry.lastMillis = clock.millis();
        }
      }
    }
  }

  /** A model in memory, for whoever looks. */
  public record Resident(String name, long bytes, int users, Optional<Long> endsMillis) {}

  /** The models that compute with the weights of this one, and how many at once. */
  public Slots.Group group(String name) {
    String weights = source.baseOf(name).orElse(name);
    return new Slots.Group(weights, source.places(weights));
  }

  /** What there is. */
  public List<Offer> offers() {
    return source.offers();
  }

  /**
   * The offer of this name.
   *
   * @throws HttpProblem 404 {@code model_not_found}
   */
  public Offer offer(String name) {
    return source.offers().stream()
        .filter(offer -> offer.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            HttpProblem.of(
                404,
                "model_not_found",
                "The model '"
                    + name
                    + "' is not served here; served are "
                    + String.join(", ", source.offers().stream().map(Offer::name).toList())
                    + "."));
  }

  /**
   * A model, brought into memory if it is not there.
   *
   * @throws HttpProblem 404 {@code model_not_found}
   */
  public Lease use(String name) {
    Lease there = leaseOf(name);
    if (there != null) {
      return there;
    }
    Offer offer = offer(name);
    synchronized (opening) {
      Lease meanwhile = leaseOf(name);
      if (meanwhile != null) {
        return meanwhile;
      }
      Optional<Lease> base = source.baseOf(name).map(this::use);
      try {
        makeRoom(offer.bytes());
        ServedModel model =
            base.isPresent() ? source.openBeside(name, base.get().model()) : source.open(name);
        synchronized (entries) {
          entries.put(name, new Entry(model, usualKeepAlive, base));
        }
      } catch (RuntimeException | Error e) {
        base.ifPresent(Lease::close);
        throw e;
      }
      Lease opened = leaseOf(name);
      if (opened == null) {
        throw new IllegalStateException(name);
      }
      return opened;
    }
  }

  private @Nullable Lease leaseOf(String name) {
    synchronized (entries) {
      Entry entry = entries.get(name);
      if (entry == null) {
        return null;
      }
      entry.users++;
      return new Lease(entry);
    }
  }

  /** Puts out what nobody uses, the longest unused first, until so many bytes more fit. */
  private void makeRoom(long bytes) {
    List<Entry> out = new ArrayList<>();
    synchronized (entries) {
      long taken = entries.values().stream().mapToLong(entry -> entry.model.bytes()).sum();
      List<Entry> idle =
          entries.values().stream()
              .filter(entry -> entry.users == 0)
              .sorted(Comparator.comparingLong(entry -> entry.lastMillis))
              .toList();
      long busy = taken - idle.stream().mapToLong(entry -> entry.model.bytes()).sum();
      if (busy > 0 && busy + bytes > budgetBytes) {
        throw noRoom(busy, bytes);
      }
      for (Entry entry : idle) {
        if (taken + bytes <= budgetBytes) {
          break;
        }
        taken -= entry.model.bytes();
        entries.remove(entry.model.name());
        out.add(entry);
      }
    }
    out.forEach(Entry::close);
  }

  private HttpProblem noRoom(long busy, long bytes) {
    return HttpProblem.of(
            503,
            "models_busy",
            "There is no room for the model beside those that are answering: "
                + busy
                + " of "
                + budgetBytes
                + " bytes are taken, "
                + bytes
                + " are needed.")
        .with("Retry-After", "5");
  }

  /** Puts out what has not been used for as long as it was to stay; called from time to time. */
  public void expire() {
    List<Entry> out = new ArrayList<>();
    synchronized (entries) {
      long now = clock.millis();
      for (Entry entry : List.copyOf(entries.values())) {
        boolean ends = ends(entry).filter(end -> end <= now).isPresent();
        if (entry.users == 0 && ends) {
          entries.remove(entry.model.name());
          out.add(entry);
        }
      }
    }
    out.forEach(Entry::close);
  }

  /**
   * What was remembered before an erasure goes, of all models and on the disk; called from time to
   * time.
   */
  public void forgetErased() {
    source.prefixes().disk().ifPresent(PrefixStore::forgetRetired);
    List<ServedModel> models;
    synchronized (entries) {
      models = entries.values().stream().map(entry -> entry.model).toList();
    }
    models.forEach(model -> model.prefixes().forgetErased());
  }

  private static Optional<Long> ends(Entry entry) {
    return entry.keepAlive.isNegative()
        ? Optional.empty()
        : Optional.of(entry.lastMillis + entry.keepAlive.toMillis());
  }

  /** What is in memory. */
  public List<Resident> residents() {
    synchronized (entries) {
      return entries.values().stream()
          .map(entry ->
              new Resident(entry.model.name(), entry.model.bytes(), entry.users, ends(entry)))
          .toList();
    }
  }

  /** What models remember of conversations, in figures by the names that metrics have. */
  public Map<String, Double> prefixFigures() {
    Map<String, Double> figures = new LinkedHashMap<>(source.prefixes().figures());
    long bytes;
    synchronized (entries) {
      bytes = entries.values().stream().mapToLong(entry -> entry.model.prefixes().bytes()).sum();
    }
    figures.put("candor_prefix_memory_bytes", (double) bytes);
    return figures;
  }

  /** Closes all models; nobody may use one any more. */
  @Override
  public void close() {
    List<Entry> out;
    synchronized (entries) {
      // Adapters came after what they compute beside.
      out = List.copyOf(entries.values()).reversed();
      entries.clear();
    }
    out.forEach(Entry::close);
  }
}
