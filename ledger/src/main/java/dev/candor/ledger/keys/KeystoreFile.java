package dev.candor.ledger.keys;

import dev.candor.ledger.InputOutput;
import dev.candor.ledger.LedgerException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.UnrecoverableKeyException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.crypto.SecretKey;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A PKCS#12 file with one secret key, {@code candor-vault}, whose bytes are {@link VaultContents}.
 * One and not many: PKCS#12 has certificates beside private keys, which a log has no use for, and
 * each entry would cost a derivation from the passphrase at every start.
 */
final class KeystoreFile {

  /** Most bytes that are read. */
  static final int MOST_BYTES = 1 << 20;

  private static final String ALIAS = "candor-vault";
  private static final String CIPHER = "PBEWithHmacSHA256AndAES_256";
  private static final int SALT_BYTES = 32;
  private static final int ATTEMPTS = 5;

  /**
   * Rounds of PBKDF2. They make guesses dearer, and a passphrase of 32 random characters is not
   * guessed: this many are what NIST SP 800-132 has as its least.
   */
  private static final int ROUNDS = 1_000;

  /** Within a process; a file lock keeps only other processes out. */
  private static final ReentrantLock WRITERS = new ReentrantLock();

  private final Path file;

  KeystoreFile(Path file) {
    this.file = file;
  }

  /** What tells one content of the file from another without reading it. */
  record Stamp(FileTime changed, long size, Object key) {}

  record Loaded(VaultContents contents, Stamp stamp) {}

  boolean exists() {
    return Files.exists(file);
  }

  /** Of the file as it is; none if it is not there. */
  Optional<Stamp> stamp() {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(
          new Stamp(
              attributes.lastModifiedTime(),
              attributes.size(),
              Objects.requireNonNullElse(attributes.fileKey(), "")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  Loaded read(char[] passphrase) {
    for (int attempt = 1; ; attempt++) {
      Stamp stamp = stamp().orElseThrow(this::missing);
      try {
        return new Loaded(parse(bytes(), passphrase), stamp);
      } catch (LedgerException e) {
        // Who replaces the file overwrites the one before: that may have been the one just read.
        if (attempt == ATTEMPTS || stamp().equals(Optional.of(stamp))) {
          throw e;
        }
      }
    }
  }

  /** Replaces the file, durably; only under the lock. */
  Stamp write(VaultContents contents, char[] passphrase) {
    byte[] bytes = contents.bytes();
    try {
      byte[] salt = new byte[SALT_BYTES];
      new SecureRandom().nextBytes(salt);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      KeyStore.PasswordProtection protection =
          new KeyStore.PasswordProtection(passphrase, CIPHER, new PBEParameterSpec(salt, ROUNDS));
      store.setEntry(
          ALIAS, new KeyStore.SecretKeyEntry(new SecretKeySpec(bytes, "AES")), protection);
      ByteArrayOutputStream encoded = new ByteArrayOutputStream(32_768);
      store.store(encoded, passphrase);
      PrivateFile.createFolder(PrivateFile.folderOf(file));
      PrivateFile.replace(file, encoded.toByteArray());
    } catch (IOException e) {
      throw new LedgerException(
          "keys-unwritable",
          "the keystore " + file + " cannot be written: " + InputOutput.where(e),
          "Free space on its disk and make its folder writable.",
          e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a JDK 25 writes PKCS#12", e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
    return stamp().orElseThrow(this::missing);
  }

  void destroy() {
    try {
      PrivateFile.overwriteAndDelete(file);
      PrivateFile.overwriteAndDelete(file.resolveSibling(file.getFileName() + ".new"));
    } catch (IOException e) {
      throw new LedgerException(
          "keys-unwritable",
          "the keystore " + file + " cannot be destroyed: " + InputOutput.why(e),
          "Make it writable and try again: until then its keys exist.",
          e);
    }
  }

  /** A lock against all who would write the keystore, of this process or another. */
  Lock lock() {
    WRITERS.lock();
    try {
      PrivateFile.createFolder(PrivateFile.folderOf(file));
      FileChannel channel =
          FileChannel.open(
              file.resolveSibling(file.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      try {
        channel.lock();
        return new Lock(channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      WRITERS.unlock();
      throw new LedgerException(
          "keys-unwritable",
          "the keystore " + file + " cannot be locked: " + InputOutput.where(e),
          "Make its folder writable.",
          e);
    } catch (RuntimeException e) {
      WRITERS.unlock();
      throw e;
    }
  }

  /** Held until it is closed. */
  record Lock(FileChannel channel) implements AutoCloseable {
    @Override
    public void close() {
      try {
        channel.close(); // Gives back the file lock.
      } catch (IOException e) {
        throw new LedgerException(
            "keys-unwritable", "the keystore's lock cannot be given back", "Try again.", e);
      } finally {
        WRITERS.unlock();
      }
    }
  }

  private byte[] bytes() {
    try {
      PrivateFile.requirePrivate(file, false);
      if (Files.size(file) > MOST_BYTES) {
        throw new LedgerException(
            "keys-damaged",
            "the keystore "
                + file
                + " has "
                + Files.size(file)
                + " bytes, allowed are "
                + MOST_BYTES,
            "Restore it from a copy.");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw missing();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private VaultContents parse(byte[] encoded, char[] passphrase) {
    try {
      byte[] contents = entry(encoded, passphrase, passphrase);
      try {
        return VaultContents.parse(contents);
      } finally {
        Arrays.fill(contents, (byte) 0);
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      if (e instanceof LedgerException typed) {
        throw typed;
      }
      if (isWrongPassphrase(e) && !opensWithoutCheck(encoded, passphrase)) {
        throw new LedgerException(
            "passphrase-wrong",
            "the passphrase does not open the keystore " + file,
            "Let CANDOR_PASSPHRASE_FILE name the file with the passphrase it was made with. If"
                + " that is so, the keystore is damaged: restore it from a copy.",
            e);
      }
      throw new LedgerException(
          "keys-damaged", "the keystore " + file + " is damaged", "Restore it from a copy.", e);
    }
  }

  /** The bytes of the vault; without a passphrase for the check the whole is not authenticated. */
  private static byte[] entry(byte[] encoded, char[] passphrase, char @Nullable [] check)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new ByteArrayInputStream(encoded), check);
    if (store.getEntry(ALIAS, new KeyStore.PasswordProtection(passphrase))
        instanceof KeyStore.SecretKeyEntry entry) {
      SecretKey key = entry.getSecretKey();
      byte[] bytes = key.getEncoded();
      if (bytes != null) {
        return bytes;
      }
    }
    throw new UnrecoverableKeyException("there is no secret key " + ALIAS);
  }

  private static boolean isWrongPassphrase(Exception e) {
    return e.getCause() instanceof UnrecoverableKeyException;
  }

  /** A right passphrase decrypts a damaged file still, to something that begins rightly. */
  private static boolean opensWithoutCheck(byte[] encoded, char[] passphrase) {
    try {
      return VaultContents.begins(entry(encoded, passphrase, null));
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  private LedgerException missing() {
    return new LedgerException(
        "keys-missing",
        "there is no keystore " + file,
        "Restore it from a copy. Without it, what it encrypted cannot be read.");
  }

  private LedgerException unreadable(IOException e) {
    return new LedgerException(
        "keys-unreadable",
        "the keystore " + file + " cannot be read: " + InputOutput.why(e),
        "Give the user that runs this program the right to read it.",
        e);
  }
}
