package dev.candor.ledger.keys;

import dev.candor.ledger.InputOutput;
import dev.candor.ledger.LedgerException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * The file with the passphrase of the vault. It is never in the folder of the vault, so that a copy
 * of that folder decrypts nothing.
 *
 * @param file one line: 32 to 1,024 characters of 0x21 to 0x7E, and a line feed or none
 * @param origin who says that it is this file
 */
public record PassphraseSource(Path file, Origin origin) {

  /** Fewest characters: the passphrase is read by a program, nobody has to remember it. */
  public static final int FEWEST_CHARACTERS = 32;

  /** Most characters. */
  public static final int MOST_CHARACTERS = 1_024;

  /** Who says where the passphrase is. */
  public enum Origin {
    /** The variable {@code CANDOR_PASSPHRASE_FILE}. */
    VARIABLE,
    /** systemd: {@code candor-passphrase} in {@code $CREDENTIALS_DIRECTORY}. */
    CREDENTIAL,
    /** Nobody: a file of our own in the user's configuration, written at the first use. */
    GENERATED
  }

  /**
   * Where to look: the file of {@code CANDOR_PASSPHRASE_FILE}, else the credential of systemd if it
   * is there, else {@code candor/passphrase} in {@code XDG_CONFIG_HOME} or in {@code .config} of
   * the home.
   *
   * @param environment variables
   * @param home of the user
   */
  public static PassphraseSource locate(Map<String, String> environment, Path home) {
    String named = environment.getOrDefault("CANDOR_PASSPHRASE_FILE", "");
    if (!named.isEmpty()) {
      return new PassphraseSource(Path.of(named), Origin.VARIABLE);
    }
    String credentials = environment.getOrDefault("CREDENTIALS_DIRECTORY", "");
    if (!credentials.isEmpty()) {
      Path credential = Path.of(credentials, "candor-passphrase");
      if (Files.exists(credential)) {
        return new PassphraseSource(credential, Origin.CREDENTIAL);
      }
    }
    // The base directory specification has relative paths ignored.
    Path configuration = Path.of(environment.getOrDefault("XDG_CONFIG_HOME", ""));
    if (!configuration.isAbsolute()) {
      configuration = home.resolve(".config");
    }
    return new PassphraseSource(
        configuration.resolve("candor").resolve("passphrase"), Origin.GENERATED);
  }

  /**
   * Reads the passphrase; the caller overwrites it after use.
   *
   * @param vault the keystore it is for
   * @throws LedgerException {@code ledger.passphrase-missing}, {@code ledger.passphrase-malformed},
   *     {@code ledger.file-not-private}, or {@code ledger.passphrase-beside-keys} if the file is in
   *     the folder of the keystore or below it
   */
  char[] read(Path vault) {
    try {
      if (!Files.exists(file)) {
        throw new LedgerException(
            "passphrase-missing",
            "there is no passphrase file " + file + ", and the keystore " + vault + " needs it",
            origin == Origin.GENERATED
                ? "Restore that file from a copy, or let CANDOR_PASSPHRASE_FILE name it."
                : "Let CANDOR_PASSPHRASE_FILE name the file with the passphrase.");
      }
      requireElsewhere(vault);
      PrivateFile.requirePrivate(file, origin == Origin.CREDENTIAL);
      if (Files.size(file) > MOST_CHARACTERS + 1) {
        throw malformed("has " + Files.size(file) + " bytes, allowed are " + MOST_CHARACTERS);
      }
      byte[] bytes = Files.readAllBytes(file);
      try {
        return passphrase(bytes);
      } finally {
        Arrays.fill(bytes, (byte) 0);
      }
    } catch (IOException e) {
      throw new LedgerException(
          "passphrase-unreadable",
          "the passphrase file " + file + " cannot be read: " + InputOutput.why(e),
          "Give the user that runs this program the right to read it.",
          e);
    }
  }

  /**
   * Reads the passphrase for a keystore that is not there yet; a generated one is written first if
   * need be: 256 random bits in base64url.
   *
   * @throws LedgerException as {@link #read}
   */
  char[] readOrGenerate(Path vault) {
    if (origin == Origin.GENERATED && !Files.exists(file)) {
      byte[] random = new byte[32];
      new SecureRandom().nextBytes(random);
      byte[] line = Arrays.copyOf(Base64.getUrlEncoder().withoutPadding().encode(random), 44);
      line[43] = '\n';
      try {
        PrivateFile.createFolder(PrivateFile.folderOf(file));
        requireElsewhere(vault);
        PrivateFile.create(file, line);
      } catch (FileAlreadyExistsException e) {
        // Another process was faster; its passphrase is as good.
      } catch (IOException e) {
        throw new LedgerException(
            "passphrase-unwritable",
            "the passphrase file " + file + " cannot be written: " + InputOutput.why(e),
            "Let CANDOR_PASSPHRASE_FILE name a file with a passphrase.",
            e);
      } finally {
        Arrays.fill(random, (byte) 0);
        Arrays.fill(line, (byte) 0);
      }
    }
    return read(vault);
  }

  private char[] passphrase(byte[] line) {
    int length = line.length > 0 && line[line.length - 1] == '\n' ? line.length - 1 : line.length;
    if (length < FEWEST_CHARACTERS || length > MOST_CHARACTERS) {
      throw malformed(
          "has "
              + length
              + " characters, allowed are "
              + FEWEST_CHARACTERS
              + " to "
              + MOST_CHARACTERS);
    }
    char[] passphrase = new char[length];
    for (int i = 0; i < length; i++) {
      if (line[i] < 0x21 || line[i] > 0x7E) {
        Arrays.fill(passphrase, '\0');
        throw malformed("has a character that is not of 0x21 to 0x7E, at " + (i + 1));
      }
      passphrase[i] = (char) line[i];
    }
    return passphrase;
  }

  private void requireElsewhere(Path vault) throws IOException {
    Path home = PrivateFile.folderOf(vault);
    Path real = Files.exists(home) ? home.toRealPath() : home.normalize();
    Path here = PrivateFile.folderOf(file);
    Path realHere = Files.exists(file) ? file.toRealPath() : here.toRealPath();
    if (realHere.startsWith(real)) {
      throw new LedgerException(
          "passphrase-beside-keys",
          "the passphrase file " + file + " is inside " + home + ", where the keystore is",
          "Move it elsewhere: a copy of one folder must not hold both.");
    }
  }

  private LedgerException malformed(String why) {
    return new LedgerException(
        "passphrase-malformed",
        "the passphrase in " + file + " " + why,
        "Write one with: (umask 077; openssl rand -base64 48 | tr -d '\\n' > file). For a keystore"
            + " that is there already, only its own passphrase will do.");
  }
}
