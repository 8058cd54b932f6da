package dev.candor.governance.register;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.consent.ConsentGrant;
import dev.candor.governance.register.IndexDatabase.Progress;
import dev.candor.governance.register.IndexDatabase.Row;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.merkle.MerkleRoot;
import dev.candor.ledger.storage.Ledger;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.sqlite.SQLiteErrorCode;

/**
 * Finds entries by what they are about without reading the whole ledger. It holds where they are
 * and nothing of what they say: whoever looks an entry up reads it in the ledger. Safe for use by
 * many threads, and several processes may use the file.
 *
 * <p>Each answer is given within one transaction in which the index was seen to be of this ledger:
 * by the root of the tree at the size up to which it goes. An index that goes further than the
 * ledger that asks is one that another process has led on, so the ledger reads on first. If the
 * ledger is shorter still, as one restored from a copy is, the index stays as it is; answers come
 * from it as far as a root that it keeps shows that both agree, and from the ledger behind that.
 * Only an index whose root is another is made anew.
 *
 * <p>It is made anew too if a row of an act has been lost or altered: an act is whatever neither
 * begins nor ends nor refuses a decision, and consents and policies rest on them. All rows of acts
 * are counted when the index is opened, and those that {@link #places} or {@link #last} answer from
 * are checked each time. Rows of decisions are as many as the answers ever given and have no check
 * but SQLite's own.
 */
public final class EntryIndex implements AutoCloseable {

  /** At the multiples of this the index keeps the root of the tree. */
  private static final int ROOT_STEP = 256;

  /** Rows of as many entries are added at a time. */
  private static final int BATCH = 1_024;

  private static final String REQUEST = "request";

  /** Kinds of keys that are no acts: as many as there are decisions. */
  private static final Set<String> OF_DECISIONS =
      Set.of(DecisionStarted.KIND, DecisionFinished.KIND, DecisionRefused.KIND, REQUEST);

  /** Values by which acts about models are found. */
  private static final List<String> OF_MODELS = List.of("model-id", "model", "tuple");

  private final Ledger ledger;
  private final IndexDatabase database;

  /** What was last seen to be of this ledger, which it then is for ever. */
  private Optional<Progress> verified = Optional.empty();

  private long rebuilds;

  /** What is asked of an index that is as it should be. */
  @FunctionalInterface
  private interface Query<T> {

    /**
     * Answers.
     *
     * @param known below this the index knows all places
     * @param size below this there may be places; what is between is read in the ledger
     */
    T answer(long known, long size) throws SQLException;
  }

  private EntryIndex(Ledger ledger, IndexDatabase database) {
    this.ledger = ledger;
    this.database = database;
  }

  /**
   * Opens the index of a ledger, or makes it.
   *
   * @throws GovernanceException {@code governance.index}, {@code governance.index-busy}
   */
  public static EntryIndex open(Path file, Ledger ledger) {
    try {
      EntryIndex index = new EntryIndex(ledger, IndexDatabase.open(file));
      try {
        index.requireAllActs();
        return index;
      } catch (SQLException | RuntimeException e) {
        index.close();
        throw e;
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private synchronized void requireAllActs() throws SQLException {
    boolean all =
        database.within(IndexDatabase.FOR_READING, () -> database.countActs() == progress().acts());
    if (!all) {
      database.within(
          IndexDatabase.FOR_WRITING,
          () -> {
            rebuild();
            return 0;
          });
    }
  }

  private Progress progress() throws SQLException {
    Optional<Progress> there = database.progress();
    return there.isPresent() ? there.get() : new Progress(0, root(0), 0);
  }

  private String root(long size) {
    return HexFormat.of().formatHex(MerkleRoot.of(size, ledger.hashes()));
  }

  /** Reads what the ledger has gained. */
  public void catchUp() {
    var unused = ask((_, size) -> size);
  }

  private synchronized <T> T ask(Query<T> query) {
    try {
      Optional<T> answer;
      try {
        answer = database.within(IndexDatabase.FOR_READING, () -> askIfCurrent(query));
      } catch (IndexDamage e) {
        return database.within(IndexDatabase.FOR_WRITING, () -> askAnew(query));
      }
      return answer.isPresent()
          ? answer.get()
          : database.within(IndexDatabase.FOR_WRITING, () -> askCaughtUp(query));
    } catch (SQLException e) {
      throw failed(e);
    } catch (IndexDamage e) {
      throw new GovernanceException(
          "index",
          "the index of the ledger is damaged again as soon as it is made: " + e.getMessage(),
          "Delete the file index.db in CANDOR_HOME, and check the disk and the memory.",
          e);
    }
  }

  /** The answer if the index goes just as far as the ledger. */
  private <T> Optional<T> askIfCurrent(Query<T> query) throws SQLException {
    long size = ledger.size();
    Optional<Progress> now = Optional.of(progress());
    if (now.get().applied() != size || !(now.equals(verified) || agrees(now.get()))) {
      return Optional.empty();
    }
    verified = now;
    return Optional.of(query.answer(size, size));
  }

  private <T> T askCaughtUp(Query<T> query) throws SQLException {
    try {
      if (progress().applied() > ledger.size()) {
        // Nobody leads the index on meanwhile: what it knows was in the ledger before.
        ledger.refresh();
      }
      Progress now = progress();
      long size = ledger.size();
      if (!agrees(now)) {
        return askAnew(query);
      }
      if (now.applied() > size) {
        return query.answer(size - size % ROOT_STEP, size);
      }
      insert(now, size);
      return query.answer(size, size);
    } catch (IndexDamage e) {
      return askAnew(query);
    }
  }

  private <T> T askAnew(Query<T> query) throws SQLException {
    long size = rebuild();
    return query.answer(size, size);
  }

  /** Whether the index is of this ledger, as far as both go and a root tells. */
  private boolean agrees(Progress progress) throws SQLException {
    long size = ledger.size();
    if (progress.applied() <= size) {
      return progress.root().equals(root(progress.applied()));
    }
    long kept = size - size % ROOT_STEP;
    return kept == 0 || database.root(kept).equals(Optional.of(root(kept)));
  }

  private long rebuild() throws SQLException {
    rebuilds++;
    database.clear();
    long size = ledger.size();
    insert(progress(), size);
    return size;
  }

  private void insert(Progress before, long to) throws SQLException {
    long acts = before.acts();
    for (long from = before.applied(); from < to; ) {
      long end = Math.min(to, from - from % BATCH + BATCH);
      List<Row> ofDecisions = new ArrayList<>();
      List<Row> ofActs = new ArrayList<>();
      for (long place = from; place < end; place++) {
        for (String key : keys(ledger.entry(place))) {
          (isAct(key) ? ofActs : ofDecisions).add(new Row(key, place));
        }
        if ((place + 1) % ROOT_STEP == 0) {
          database.addRoot(place + 1, root(place + 1));
        }
      }
      database.addPlaces(ofDecisions);
      database.addActs(ofActs);
      acts += ofActs.size();
      from = end;
    }
    if (before.applied() < to) {
      database.setProgress(new Progress(to, root(to), acts));
    }
  }

  /**
   * By which an entry is found: its kind with the decision, subject, request, consent or model in
   * it.
   */
  private static Set<String> keys(Entry entry) {
    Set<String> keys = new LinkedHashSet<>();
    entry.value("decision").ifPresent(id -> keys.add(key(entry.kind(), id)));
    entry.value("subject").ifPresent(subject -> keys.add(key(entry.kind(), subject)));
    if (!OF_DECISIONS.contains(entry.kind())) {
      for (String name : OF_MODELS) {
        entry.value(name).ifPresent(value -> keys.add(key(entry.kind(), value)));
      }
    }
    if (entry.kind().equals(ConsentGrant.KIND)) {
      entry.value("consent").ifPresent(id -> keys.add(key("consent", id)));
    }
    if (entry.kind().equals(DecisionStarted.KIND)) {
      entry.value("request").ifPresent(request -> keys.add(key(REQUEST, request)));
    } else if (!entry.kind().equals(DecisionFinished.KIND)) {
      keys.add(key(entry.kind(), ""));
    }
    return keys;
  }

  /**
   * Of all entries of a kind, but those that begin and end decisions; or of those about something.
   *
   * @param about a decision, a subject, the id of a model, its digest or a digest tuple, (of the
   *     kind {@code request}) a request or (of the kind {@code consent}) the id of a consent that
   *     was given; empty for all
   */
  public static String key(String kind, String about) {
    return kind + ":" + about;
  }

  private static boolean isAct(String key) {
    return !OF_DECISIONS.contains(key.substring(0, key.indexOf(':')));
  }

  /** Indices of the entries with this key, ascending. */
  public List<Long> places(String key) {
    return ask((known, size) -> {
      List<Long> places =
          new ArrayList<>(isAct(key) ? database.acts(key, known) : database.places(key, known));
      placesInLedger(key, known, size).forEach(places::add);
      return places;
    });
  }

  /** Index of the last entry with this key. */
  public OptionalLong last(String key) {
    return ask((known, size) -> {
      OptionalLong last =
          isAct(key) ? database.lastAct(key, known) : database.lastPlace(key, known);
      OptionalLong later = placesInLedger(key, known, size).max();
      return later.isPresent() ? later : last;
    });
  }

  private LongStream placesInLedger(String key, long from, long to) {
    return LongStream.range(from, to).filter(place -> keys(ledger.entry(place)).contains(key));
  }

  /** What entries of a kind are about, if it begins so; ascending, at most so many. */
  public List<String> about(String kind, String beginning, int most) {
    String from = key(kind, beginning);
    return ask((known, size) -> {
      SortedSet<String> found =
          new TreeSet<>(database.keys(isAct(from), from, from + '\uFFFF', known, most));
      for (long place = known; place < size; place++) {
        keys(ledger.entry(place)).stream().filter(key -> key.startsWith(from)).forEach(found::add);
      }
      return found.stream().limit(most).map(key -> key.substring(kind.length() + 1)).toList();
    });
  }

  /** How often it was made anew since it was opened, because it was another's or damaged. */
  public synchronized long rebuilds() {
    return rebuilds;
  }

  @Override
  public synchronized void close() {
    try {
      database.close();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static GovernanceException failed(SQLException e) {
    SQLiteErrorCode code = SQLiteErrorCode.getErrorCode(e.getErrorCode() & 0xFF);
    if (code == SQLiteErrorCode.SQLITE_BUSY || code == SQLiteErrorCode.SQLITE_LOCKED) {
      return new GovernanceException(
          "index-busy",
          "another process has been writing the index of the ledger for 5 seconds",
          "Try again when it is done.",
          e);
    }
    return new GovernanceException(
        "index",
        "the index of the ledger cannot be used: " + e.getMessage(),
        "Delete the file index.db in CANDOR_HOME, which is made again from the ledger, and check"
            + " that there is room.",
        e);
  }
}
