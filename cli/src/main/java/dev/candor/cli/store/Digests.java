package dev.candor.cli.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** What a hub or an archive says a file must hash to. */
final class Digests {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern GIT_BLOB = Pattern.compile("[0-9a-f]{40}");

  private Digests() {}

  static MessageDigest sha256() {
    return algorithm("SHA-256");
  }

  /** SHA-256 of a file, 64 lower-case hexadecimal digits. */
  static String sha256(Path file) throws IOException {
    return of(file, sha256());
  }

  /** SHA-256 of a short text, 64 lower-case hexadecimal digits. */
  static String sha256(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  static boolean isSha256(String text) {
    return SHA256.matcher(text).matches();
  }

  /** Whether it is the tag that a hub gives to a file that lies in the Git repository itself. */
  static boolean isGitBlob(String tag) {
    return GIT_BLOB.matcher(tag).matches();
  }

  /**
   * Checks a file against the SHA-1 of a Git blob, which proves the version if not the author.
   *
   * @throws StoreException {@code store.wrong-digest}
   */
  static void requireGitBlob(Path file, String name, String tag) throws IOException {
    MessageDigest blob = algorithm("SHA-1");
    blob.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
    String actual = of(file, blob);
    if (!actual.equals(tag)) {
      throw wrong(name, tag, actual);
    }
  }

  static StoreException wrong(String name, String expected, String actual) {
    return new StoreException(
        "wrong-digest",
        name + " has the digest " + actual + ", expected is " + expected,
        "Fetch it again; if that does not help, do not use this source.");
  }

  private static String of(Path file, MessageDigest digest) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] chunk = new byte[1 << 20];
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        digest.update(chunk, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest algorithm(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has " + name, e);
    }
  }
}
