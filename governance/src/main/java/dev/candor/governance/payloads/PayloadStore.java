package dev.candor.governance.payloads;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.payloads.PayloadDatabase.Row;
import dev.candor.governance.payloads.PayloadDatabase.Subject;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.keys.KeyVault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;

/**
 * What was asked and answered, beside the ledger that only commits to it. Payloads are encrypted
 * under a key of their subject; that key is wrapped by the vault; who erases it erases them all.
 * Safe for use by several threads, and several processes may have one store open.
 *
 * <p>Limits: a payload has up to {@value #MOST_BYTES} bytes; {@value PayloadWriter#MOST_WAITING} of
 * them wait to be written, further ones wait to wait.
 */
public final class PayloadStore implements AutoCloseable {

  /** Most bytes of a payload. */
  public static final int MOST_BYTES = 16 << 20;

  /** So many keys are wrapped anew while others wait: a few milliseconds. */
  private static final int REWRAPPED_IN_A_TRANSACTION = 1_000;

  private static final Pattern PSEUDONYM = Pattern.compile("[0-9a-f]{64}");

  private final Path file;
  private final KeyVault vault;
  private final InstantSource clock;
  private final PayloadCipher cipher = new PayloadCipher();
  private final PayloadWriter writer;
  private final PayloadReader reader;

  private PayloadStore(Path file, KeyVault vault, InstantSource clock) throws SQLException {
    this.file = file;
    this.vault = vault;
    this.clock = clock;
    writer = PayloadWriter.start(file, vault::payloadKeyId);
    reader = new PayloadReader(file, vault::payloadKeyId);
  }

  /**
   * Opens a store, and creates it if the file is not there.
   *
   * @param vault wraps the keys of subjects; the store does not close it
   * @throws GovernanceException {@code governance.payloads-unwritable}, {@code
   *     governance.payloads-damaged}, {@code governance.payloads-version}
   */
  public static PayloadStore open(Path file, KeyVault vault) {
    return open(file, vault, InstantSource.system());
  }

  /** The same, with a clock for the time of erasures. */
  public static PayloadStore open(Path file, KeyVault vault, InstantSource clock) {
    try {
      return new PayloadStore(file, vault, clock);
    } catch (SQLException e) {
      throw SqliteErrors.of(file, e);
    }
  }

  /**
   * Keeps bytes; when this returns they survive a power cut.
   *
   * @param subject what {@link KeyVault#pseudonym} gives
   * @return the commitment to them, under a fresh salt
   * @throws GovernanceException {@code governance.payload-too-large}, {@code
   *     governance.payloads-busy} if another process writes for too long, {@code
   *     governance.payloads-unwritable}, {@code governance.payloads-damaged}
   */
  public Commitment put(String subject, byte[] bytes) {
    return result(putLater(subject, bytes));
  }

  /**
   * The same without waiting: those that come while one is written are written together.
   *
   * @param bytes not changed by the caller until the future is done
   * @return done when the bytes survive a power cut; fails as {@link #put} does
   */
  public CompletableFuture<Commitment> putLater(String subject, byte[] bytes) {
    requirePseudonym(subject);
    requireSize(bytes);
    return writer.together(
        bytes.length, database -> add(database, owner(database, subject), bytes));
  }

  /**
   * Keeps bytes beside others, under the same key; when this returns they survive a power cut.
   *
   * @return empty if the others were erased meanwhile: then nothing is kept
   * @throws GovernanceException as {@link #put}
   */
  public Optional<Commitment> putBeside(Commitment others, byte[] bytes) {
    requireSize(bytes);
    return result(
        writer.together(
            bytes.length,
            database -> {
              Optional<Row> row = database.find(raw(others));
              return row.isEmpty() || row.get().erasedAt().isPresent()
                  ? Optional.empty()
                  : Optional.of(add(database, row.get().subject(), bytes));
            }));
  }

  private Commitment add(PayloadDatabase database, Subject owner, byte[] bytes)
      throws SQLException {
    byte[] salt = cipher.randomSalt();
    Commitment commitment = Commitment.to(salt, bytes);
    byte[] key = vault.unwrap(owner.wrapped(), context(owner.pseudonym()));
    try {
      byte[] sealed = cipher.encrypt(key, commitment, owner.pseudonym(), salt, bytes);
      database.addPayload(raw(commitment), owner, sealed, clock.instant());
    } finally {
      Arrays.fill(key, (byte) 0);
    }
    return commitment;
  }

  private static void requireSize(byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      throw new GovernanceException(
          "payload-too-large",
          "a payload has " + bytes.length + " bytes, allowed are " + MOST_BYTES,
          "Ask with a shorter text.");
    }
  }

  /** The subject's row, new if there is none; within a transaction. */
  private Subject owner(PayloadDatabase database, String subject) throws SQLException {
    Optional<Subject> there = database.living(subject);
    if (there.isPresent()) {
      return there.get();
    }
    // A payload key that another process has retired must not wrap anything: a rotation writes its
    // key here in the transaction that wraps the last ones anew, and retires earlier keys only
    // then.
    if (!vault.payloadKeyId().equals(database.payloadKey())) {
      vault.refresh();
    }
    byte[] key = cipher.randomKey();
    try {
      return database.addSubject(subject, vault.wrap(key, context(subject)));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * What was put, if it is there; {@link #find} tells why not.
   *
   * @throws GovernanceException as {@link #find}
   */
  public Optional<Payload> get(Commitment commitment) {
    return find(commitment) instanceof Finding.Present present
        ? Optional.of(present.payload())
        : Optional.empty();
  }

  /**
   * What was put, or that it is erased, or that it was never there. The last is said only after the
   * whole file was found in order, which takes the longer the larger it is.
   *
   * @throws GovernanceException {@code governance.payload-damaged} if these bytes are damaged,
   *     {@code governance.payloads-damaged} if the store is
   * @throws LedgerException {@code ledger.payload-key-unknown} if the store is a copy from before
   *     the vault retired its key, or belongs to another vault
   */
  public Finding find(Commitment commitment) {
    Finding found = look(commitment);
    if (found instanceof Finding.Absent) {
      requireOrder();
    }
    return found;
  }

  /**
   * Goes on only if the whole file is in order, which takes the longer the larger it is.
   *
   * @throws GovernanceException {@code governance.payloads-damaged}
   */
  void requireOrder() {
    reader.read(database -> {
      database.requireOrder();
      return true;
    });
  }

  /** The same as {@link #find}, but that nothing is there may be for the file is damaged. */
  Finding look(Commitment commitment) {
    Optional<Row> found = reader.find(raw(commitment));
    if (found.isEmpty()) {
      return new Finding.Absent();
    }
    Row row = found.get();
    if (row.erasedAt().isPresent()) {
      return new Finding.Erased(row.erasedAt().get());
    }
    Subject owner = row.subject();
    byte[] sealed = row.sealed().orElseThrow(() -> PayloadCipher.damaged(commitment));
    byte[] key = vault.unwrap(owner.wrapped(), context(owner.pseudonym()));
    try {
      return new Finding.Present(cipher.decrypt(key, commitment, owner.pseudonym(), sealed));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * Forgets a subject: overwrites its key and its ciphertexts in the database, and replaces the
   * vault's payload key, so that a copy of the database from before opens with no keystore from
   * after. It remains known that the commitments were there, and when they were erased. A subject
   * that is put again later begins anew. Doing it once more after an error is safe.
   *
   * @throws GovernanceException {@code governance.erasure-unfinished} if readers have kept the
   *     database's log from being emptied: what was erased may still be in it
   */
  public Erasure erase(String subject) {
    return erase(subject, clock.instant());
  }

  /**
   * The same, to finish what was begun at an instant and perhaps interrupted.
   *
   * @param since {@link Erasure#payloads} counts what was erased from then on
   */
  public Erasure erase(String subject, Instant since) {
    requirePseudonym(subject);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    long payloads =
        result(
            writer.alone(database -> {
              database.begin();
              Optional<Subject> there = database.living(subject);
              long erased = there.isPresent() ? database.erase(there.get(), now) : 0;
              // The clock may have been set back: what is erased here counts in any case.
              long all = Math.max(erased, database.erasedSince(subject, since));
              database.commit();
              return all;
            }));
    String payloadKey = rotateKey();
    return new Erasure(subject, payloads, now, payloadKey);
  }

  /** How many payloads of a subject are there. */
  public long count(String subject) {
    requirePseudonym(subject);
    return reader.read(database -> database.count(subject));
  }

  /**
   * Commitments to what is there and was put before an instant: those of them that no entry of the
   * ledger has were left by a process that ended between the two.
   */
  public List<Commitment> putBefore(Instant instant) {
    return reader.read(database -> database.putBefore(instant)).stream()
        .map(raw -> new Commitment(HexFormat.of().formatHex(raw)))
        .toList();
  }

  /**
   * Deletes payloads that no entry commits to, and keys under which nothing is left. Nothing tells
   * afterwards that they were there. {@link #rotateKey} then makes copies from before useless.
   *
   * @param commitments to be sure of: to an entry that has one of them, it is lost
   * @return how many of them were there
   */
  public long discard(Collection<Commitment> commitments) {
    List<byte[]> raw = commitments.stream().map(PayloadStore::raw).toList();
    return result(
        writer.alone(database -> {
          database.begin();
          long discarded = 0;
          for (byte[] commitment : raw) {
            discarded += database.discard(commitment) ? 1 : 0;
          }
          database.commit();
          return discarded;
        }));
  }

  /**
   * Replaces the vault's payload key and wraps the keys of all subjects anew. Others go on writing
   * in between; if it fails, it has changed nothing that anybody sees.
   *
   * @return the id of the new key
   */
  public String rotateKey() {
    String id = vault.rotatePayloadKey(this::rewrapAll);
    if (!result(writer.alone(PayloadDatabase::emptyLog))) {
      throw new GovernanceException(
          "erasure-unfinished",
          "the log of the payload store " + file + " could not be emptied: it is being read",
          "Do it again when no other process reads the store.");
    }
    return id;
  }

  /** What was put here since it was opened. */
  public PayloadActivity activity() {
    return writer.activity();
  }

  private void rewrapAll() {
    String payloadKey = vault.payloadKeyId();
    OptionalLong last = OptionalLong.of(0);
    while (last.isPresent()) {
      long after = last.getAsLong();
      last =
          result(
              writer.alone(database -> {
                database.begin();
                OptionalLong next = rewrapSome(database, payloadKey, after);
                database.commit();
                return next;
              }));
    }
    // Whoever did not know of the new key yet has used the old one until now. Once this transaction
    // is over, nobody does: see owner.
    result(
        writer.alone(database -> {
          database.begin();
          OptionalLong next = OptionalLong.of(0);
          while (next.isPresent()) {
            next = rewrapSome(database, payloadKey, next.getAsLong());
          }
          database.setPayloadKey(payloadKey);
          database.commit();
          return true;
        }));
  }

  /** Wraps some keys anew; gives the last id among them if there may be more behind it. */
  private OptionalLong rewrapSome(PayloadDatabase database, String payloadKey, long after)
      throws SQLException {
    List<Subject> subjects =
        database.wrappedUnderOther(payloadKey, after, REWRAPPED_IN_A_TRANSACTION);
    for (Subject subject : subjects) {
      byte[] context = context(subject.pseudonym());
      byte[] key = vault.unwrap(subject.wrapped(), context);
      try {
        database.rewrap(subject, vault.wrap(key, context));
      } finally {
        Arrays.fill(key, (byte) 0);
      }
    }
    return subjects.size() < REWRAPPED_IN_A_TRANSACTION
        ? OptionalLong.empty()
        : OptionalLong.of(subjects.getLast().id());
  }

  @Override
  public void close() {
    writer.close();
    reader.close();
  }

  private static <T> T result(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  private static byte[] raw(Commitment commitment) {
    return HexFormat.of().parseHex(commitment.hex());
  }

  private static byte[] context(String subject) {
    return ("candor-subject/1\n" + subject + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static void requirePseudonym(String subject) {
    if (!PSEUDONYM.matcher(subject).matches()) {
      throw new IllegalArgumentException(
          "a subject is named by its pseudonym of 64 hexadecimal digits, which this is not");
    }
  }
}
