package dev.candor.ledger.keys;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.keys.KeyRotation.LogVkeys;
import dev.candor.ledger.keys.KeystoreFile.Loaded;
import dev.candor.ledger.keys.KeystoreFile.Stamp;
import dev.candor.ledger.keys.PayloadKeys.PayloadKey;
import dev.candor.ledger.notes.NoteSigner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A vault in one PKCS#12 file under a passphrase that is in another, elsewhere. Every change
 * replaces the file in one durable step and overwrites the one before.
 *
 * <p>Locking itself after some days is a rule that this program keeps, not a secret: who has the
 * keystore and the passphrase can read the keys with other programs.
 */
public final class Pkcs12KeyVault implements KeyVault {

  private static final int MOST_DATA_KEY = 1_024;
  private static final int MOST_SUBJECT = 1_024;
  private static final String PSEUDONYM = "pseudonym";

  private final KeystoreFile file;
  private final Path path;
  private final PassphraseSource passphrase;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /** Readers use the keys, writers overwrite those that are no longer good. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  private final AtomicReference<Instant> latest = new AtomicReference<>(Instant.MIN);
  private @Nullable Keys keys;

  /**
   * What tells the time, and what it cannot be earlier than.
   *
   * @param source the machine's clock
   * @param newestEntry the time of the ledger's newest entry: a clock that was set back does not
   *     get behind it. Asked for when a vault that locks itself is read, and not at each use
   */
  public record Clock(InstantSource source, Supplier<Instant> newestEntry) {

    /** The machine's clock alone, for a vault without a ledger. */
    public static Clock system() {
      return new Clock(InstantSource.system(), () -> Instant.EPOCH);
    }
  }

  /** Keys in memory, and the signers made of them: only when asked for, since they try each key. */
  private static final class Keys {

    private final VaultContents contents;
    private final Stamp stamp;
    private @Nullable List<NoteSigner> signers;

    Keys(Loaded loaded) {
      contents = loaded.contents();
      stamp = loaded.stamp();
    }

    synchronized List<NoteSigner> signers() {
      List<NoteSigner> made = signers;
      if (made == null) {
        made = contents.logKeys().signers(contents.keyName());
        signers = made;
      }
      return made;
    }
  }

  private Pkcs12KeyVault(Path path, PassphraseSource passphrase, Clock clock) {
    this.path = path;
    this.file = new KeystoreFile(path);
    this.passphrase = passphrase;
    this.clock = clock;
  }

  /**
   * Opens a keystore that is there.
   *
   * @throws LedgerException {@code ledger.keys-missing}, {@code ledger.keys-damaged}, {@code
   *     ledger.passphrase-wrong}, {@code ledger.file-not-private}, or what {@link
   *     PassphraseSource#read} throws
   */
  public static Pkcs12KeyVault open(Path keystore, PassphraseSource passphrase, Clock clock) {
    Pkcs12KeyVault vault = new Pkcs12KeyVault(keystore, passphrase, clock);
    vault.keys = vault.load();
    return vault;
  }

  /**
   * Opens a keystore, or creates it with new keys if it is not there.
   *
   * @param keyName what the log's keys sign as, if it is created: 1 to 255 bytes in UTF-8 without
   *     spaces and plus signs
   * @throws LedgerException as {@link #open}; {@code ledger.keys-unwritable}
   */
  public static Pkcs12KeyVault openOrCreate(
      Path keystore, PassphraseSource passphrase, String keyName, Clock clock) {
    Pkcs12KeyVault vault = new Pkcs12KeyVault(keystore, passphrase, clock);
    if (!vault.file.exists()) {
      try (KeystoreFile.Lock held = vault.file.lock()) {
        if (!vault.file.exists()) {
          vault.create(keyName);
        }
      }
    }
    vault.keys = vault.load();
    return vault;
  }

  private void create(String keyName) {
    VaultContents contents = VaultContents.generate(keyName, random, clock.source().instant());
    contents.logKeys().signers(keyName); // A name that cannot be one fails here.
    withPassphrase(source -> source.readOrGenerate(path), secret -> file.write(contents, secret));
    contents.forget();
  }

  @Override
  public String keyName() {
    return using(VaultContents::keyName);
  }

  @Override
  public List<NoteSigner> logSigners() {
    refreshIfChanged();
    lock.readLock().lock();
    try {
      requireUnlocked(current().contents);
      return current().signers();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public byte[] wrap(byte[] dataKey, byte[] context) {
    if (dataKey.length > MOST_DATA_KEY) {
      throw new IllegalArgumentException(
          "a data key has " + dataKey.length + " bytes, allowed are " + MOST_DATA_KEY);
    }
    return using(contents -> PayloadKeys.wrap(contents.payloadKey(), dataKey, context, random));
  }

  @Override
  public byte[] unwrap(byte[] wrapped, byte[] context) {
    String id = PayloadKeys.id(wrapped);
    Optional<byte[]> dataKey = unwrap(id, wrapped, context);
    if (dataKey.isEmpty()) {
      refresh(); // Another process may have rotated.
      dataKey = unwrap(id, wrapped, context);
    }
    return dataKey.orElseThrow(() ->
        new LedgerException(
            "payload-key-unknown",
            "the keystore " + path + " has no payload key " + id,
            "What it encrypted was made with another keystore, or is a copy from before that key was"
                + " retired: restore the keystore of its time, if there is one."));
  }

  private Optional<byte[]> unwrap(String id, byte[] wrapped, byte[] context) {
    return using(contents ->
        PayloadKeys.find(contents.payloadKeys(), id)
            .map(key -> PayloadKeys.unwrap(key, wrapped, context)));
  }

  @Override
  public String payloadKeyId() {
    return using(contents -> contents.payloadKey().id());
  }

  @Override
  public String pseudonym(String subject) {
    byte[] bytes = subject.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length > MOST_SUBJECT) {
      throw new LedgerException(
          "subject-length",
          "a subject has " + bytes.length + " bytes, allowed are 1 to " + MOST_SUBJECT,
          "Name the data subject by a number of your own, not by what is known of it.");
    }
    return hash(PSEUDONYM, bytes);
  }

  @Override
  public String keyed(String use, String text) {
    if (!use.matches("[a-z-]{1,32}") || use.equals(PSEUDONYM)) {
      throw new IllegalArgumentException("not a use of its own: " + use);
    }
    return hash(use, text.getBytes(StandardCharsets.UTF_8));
  }

  private String hash(String use, byte[] bytes) {
    return using(contents -> {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(contents.pseudonymKey(), "HmacSHA256"));
        mac.update(("candor-" + use + "/1\n").getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(mac.doFinal(bytes));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
      }
    });
  }

  @Override
  public KeyRotation rotateLogKeys(Consumer<KeyRotation> log) {
    try (KeystoreFile.Lock held = file.lock()) {
      refresh();
      if (using(VaultContents::nextLogKeys).isEmpty()) {
        change(contents -> contents.withNext(LogKeys.generate()));
      }
      KeyRotation rotation = interruptedRotation().orElseThrow();
      log.accept(rotation);
      change(VaultContents::rotated);
      return rotation;
    }
  }

  @Override
  public Optional<KeyRotation> interruptedRotation() {
    return using(contents ->
        contents
            .nextLogKeys()
            .map(next -> {
              LogVkeys before = vkeys(contents.logKeys().signers(contents.keyName()));
              LogVkeys after = vkeys(next.signers(contents.keyName()));
              byte[] text = KeyRotation.text(before, after);
              LogKeys old = contents.logKeys();
              return new KeyRotation(
                  before,
                  after,
                  LogKeys.sign(old.ed25519(), LogKeys.ED25519, text),
                  LogKeys.sign(old.mlDsa44(), LogKeys.ML_DSA_44, text));
            }));
  }

  private static LogVkeys vkeys(List<NoteSigner> signers) {
    return new LogVkeys(signers.get(0).key().vkey(), signers.get(1).key().vkey());
  }

  @Override
  public String rotatePayloadKey(Runnable rewrap) {
    try (KeystoreFile.Lock held = file.lock()) {
      refresh();
      using(VaultContents::keyName); // Not in a vault that has locked itself.
      PayloadKey fresh = PayloadKey.random(random);
      change(contents -> {
        List<PayloadKey> all = new ArrayList<>(contents.payloadKeys());
        all.add(fresh);
        return contents.withPayloadKeys(all);
      });
      rewrap.run();
      change(contents -> contents.withPayloadKeys(List.of(contents.payloadKey())));
      return fresh.id();
    }
  }

  @Override
  public Optional<Instant> locksAt() {
    lock.readLock().lock();
    try {
      return locksAt(current().contents);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public boolean isLocked() {
    lock.readLock().lock();
    try {
      return isLocked(current().contents);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void lockAfter(int days) {
    if (days < 0 || days > MOST_LOCK_DAYS) {
      throw new LedgerException(
          "lock-days",
          "the vault is to lock itself after "
              + days
              + " days, allowed are 1 to "
              + MOST_LOCK_DAYS
              + ", and 0 for never",
          "Give another number of days.");
    }
    try (KeystoreFile.Lock held = file.lock()) {
      refresh();
      using(VaultContents::lockDays); // A locked vault is renewed first.
      atLeast(clock.newestEntry().get());
      change(contents -> contents.withLock(days, now()));
    }
  }

  @Override
  public Optional<Instant> renew() {
    try (KeystoreFile.Lock held = file.lock()) {
      refresh();
      change(contents -> contents.withLock(contents.lockDays(), now()));
    }
    return locksAt();
  }

  @Override
  public void destroy() {
    try (KeystoreFile.Lock held = file.lock()) {
      close();
      file.destroy();
    }
  }

  @Override
  public void refresh() {
    lock.writeLock().lock();
    try {
      current();
      replace(load());
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public void refreshIfChanged() {
    Stamp known;
    lock.readLock().lock();
    try {
      known = current().stamp;
    } finally {
      lock.readLock().unlock();
    }
    if (!file.stamp().equals(Optional.of(known))) {
      refresh();
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      replace(null);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private <T> T using(Function<VaultContents, T> use) {
    lock.readLock().lock();
    try {
      VaultContents contents = current().contents;
      requireUnlocked(contents);
      return use.apply(contents);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Changes the keystore, and then what is in memory; only under the lock of the file. */
  private void change(UnaryOperator<VaultContents> change) {
    lock.writeLock().lock();
    try {
      VaultContents changed = change.apply(current().contents);
      withPassphrase(source -> source.read(path), secret -> file.write(changed, secret));
      replace(load());
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void replace(@Nullable Keys next) {
    Keys before = keys;
    keys = next;
    if (before != null) {
      before.contents.forget();
    }
  }

  private Keys load() {
    Loaded loaded = withPassphrase(source -> source.read(path), file::read);
    if (loaded.contents().lockDays() > 0) {
      atLeast(clock.newestEntry().get());
    }
    return new Keys(loaded);
  }

  private <T> T withPassphrase(
      Function<PassphraseSource, char[]> reading, Function<char[], T> use) {
    char[] secret = reading.apply(passphrase);
    try {
      return use.apply(secret);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private Keys current() {
    Keys open = keys;
    if (open == null) {
      throw new LedgerException(
          "keys-closed",
          "the key vault " + path + " is closed",
          "Open it again; if it was destroyed, its keys are gone.");
    }
    return open;
  }

  /** What the clock shows, but never earlier than any time seen before. */
  private Instant now() {
    return atLeast(clock.source().instant());
  }

  private Instant atLeast(Instant time) {
    return latest.accumulateAndGet(time, (seen, shown) -> shown.isAfter(seen) ? shown : seen);
  }

  private void requireUnlocked(VaultContents contents) {
    if (isLocked(contents)) {
      throw new LedgerException(
          "keys-locked",
          "the key vault "
              + path
              + " has locked itself: it was renewed at "
              + contents.renewed()
              + ", allowed are "
              + contents.lockDays()
              + " days without renewal",
          "An operator who has seen to the device renews it: candor keys renew.");
    }
  }

  private boolean isLocked(VaultContents contents) {
    Optional<Instant> end = locksAt(contents);
    return end.isPresent() && now().isAfter(end.get());
  }

  private static Optional<Instant> locksAt(VaultContents contents) {
    return contents.lockDays() == 0
        ? Optional.empty()
        : Optional.of(contents.renewed().plus(Duration.ofDays(contents.lockDays())));
  }
}
