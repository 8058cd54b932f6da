package dev.candor.ledger.keys;

import dev.candor.ledger.notes.NoteSigner;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where the keys of a device are. Safe for use by several threads; several processes may have the
 * same vault open, and each sees what another has rotated.
 *
 * <p>All methods throw {@link dev.candor.ledger.LedgerException}: {@code ledger.keys-locked} when
 * the vault has not been renewed for longer than it allows, {@code ledger.keys-closed} after {@link
 * #close} or {@link #destroy}.
 */
public interface KeyVault extends AutoCloseable {

  /** Most days after which a vault may lock itself. */
  int MOST_LOCK_DAYS = 3_650;

  /** The name under which the log's keys sign: the origin of the log. */
  String keyName();

  /** What signs the log now: an Ed25519 key, then an ML-DSA-44 key. */
  List<NoteSigner> logSigners();

  /**
   * Encrypts a data key under the current payload key.
   *
   * @param dataKey up to 1,024 bytes
   * @param context what the key is for; {@link #unwrap} needs the same
   * @return 37 bytes more than the key; the payload key's id is in them
   */
  byte[] wrap(byte[] dataKey, byte[] context);

  /**
   * The data key again.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.wrapped-key-damaged} if the bytes or
   *     the context are not those of {@link #wrap}; {@code ledger.payload-key-unknown} if the vault
   *     has no such payload key, because it was retired or belongs to another vault
   */
  byte[] unwrap(byte[] wrapped, byte[] context);

  /** The id of the current payload key, 16 hexadecimal digits. */
  String payloadKeyId();

  /** The id of the payload key that something was wrapped under. */
  static String payloadKeyId(byte[] wrapped) {
    return PayloadKeys.id(wrapped);
  }

  /** Reads again what another process may have changed. */
  void refresh();

  /** The same, if the file shows that one has: a look at its time costs microseconds. */
  void refreshIfChanged();

  /**
   * What the ledger calls a data subject: HMAC-SHA-256 of {@code candor-pseudonym/1}, a line feed
   * and the subject's UTF-8, under a key that never leaves the vault and never changes.
   *
   * @param subject 1 to 1,024 bytes in UTF-8, taken as it is: who wants {@code É} in one form has
   *     to write it in one form
   * @return 64 hexadecimal digits
   */
  String pseudonym(String subject);

  /**
   * A keyed hash for a use of its own: HMAC-SHA-256 of {@code candor-}, the use, {@code /1}, a line
   * feed and the text's UTF-8, under the key of the pseudonyms. No two uses have a hash in common,
   * so nobody gets one of another use by calling a data subject so.
   *
   * @param use 1 to 32 of {@code a–z} and {@code -}, and not {@code pseudonym}
   * @return 64 hexadecimal digits
   */
  String keyed(String use, String text);

  /**
   * Replaces the keys that sign the log. The new keys are kept beside the old ones first; then the
   * statement is handed over to be logged; when that returns, the new keys are current and the old
   * private keys are gone. If it was interrupted, the next call takes up the same rotation, with
   * the same keys; ML-DSA signs with random numbers, so that only the keys tell whether two
   * statements say the same.
   *
   * @param log appends the statement, durably; if the ledger's last rotation is from the same keys
   *     to the same keys already, it need not do so again
   */
  KeyRotation rotateLogKeys(Consumer<KeyRotation> log);

  /** A rotation of the log's keys that was begun and did not end. */
  Optional<KeyRotation> interruptedRotation();

  /**
   * Replaces the payload key. The new key is current before {@code rewrap} is called; it unwraps
   * and wraps again whatever is wrapped, and returns when that is durable; then the earlier keys
   * are gone. If it throws, all keys stay.
   *
   * @return the id of the new key
   */
  String rotatePayloadKey(Runnable rewrap);

  /** When the vault locks itself, or has done so, if it does. Answers in a locked vault too. */
  Optional<Instant> locksAt();

  /** Whether the vault has locked itself. */
  boolean isLocked();

  /**
   * Lets the vault lock itself when it has not been renewed for so many days, counted from now.
   *
   * @param days 1 to {@value #MOST_LOCK_DAYS}; 0 switches it off
   */
  void lockAfter(int days);

  /**
   * Renews a vault that locks itself, locked already or not. It is an act of an operator: log it.
   *
   * @return when the vault locks itself next, if it does
   */
  Optional<Instant> renew();

  /** Overwrites and deletes all keys. What they encrypt is lost; nothing can bring it back. */
  void destroy();

  /** Forgets the keys that are in memory. */
  @Override
  void close();
}
