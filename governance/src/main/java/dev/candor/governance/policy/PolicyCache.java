package dev.candor.governance.policy;

import dev.candor.governance.GovernanceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Policies that were compiled before, a file each in a folder, named by the digest of the policy. A
 * file that is missing, damaged, of another version or not sealed by this machine's key is made
 * again from the policy: it is derived, and nothing rests on it. Who replays a decision compiles
 * the policy itself, with {@link Policy#parse}.
 */
public final class PolicyCache {

  private static final int MOST_BYTES = 20 << 20;
  private static final String SEALED = "candor compiled policy ";

  private final Path folder;
  private final UnaryOperator<String> seal;

  /**
   * @param folder may be missing; it is made when something is to be kept
   * @param seal a keyed hash, such as the pseudonyms of the key vault: without it who can write
   *     into the folder could put other rules under a policy's digest
   */
  public PolicyCache(Path folder, UnaryOperator<String> seal) {
    this.folder = folder;
    this.seal = seal;
  }

  /**
   * The policy of a file.
   *
   * @throws GovernanceException as {@link Policy#parse(String)}, or {@code
   *     governance.policy-unreadable}
   */
  public Policy load(Path file) {
    return load(bytes(file));
  }

  /** The bytes of a file that was adopted. */
  static byte[] bytes(Path file) {
    try {
      return PolicyReader.bytes(file);
    } catch (IOException e) {
      throw new GovernanceException(
          "policy-unreadable",
          "the policy cannot be read: " + e,
          "Put the file back, or put another policy into force.",
          e);
    }
  }

  /** The same, of the bytes of a file. */
  public Policy load(byte[] yaml) {
    String digest = CompiledPolicy.sha256(yaml);
    Path kept = folder.resolve(digest + ".compiled");
    Optional<Policy> policy = read(kept, digest);
    if (policy.isPresent()) {
      return policy.get();
    }
    CompiledPolicy compiled = CompiledPolicy.of(yaml);
    keep(kept, compiled.text());
    return Policy.of(compiled);
  }

  private Optional<Policy> read(Path kept, String digest) {
    try {
      if (!Files.exists(kept) || Files.size(kept) > MOST_BYTES) {
        return Optional.empty();
      }
      String file = Files.readString(kept, StandardCharsets.US_ASCII);
      int end = file.indexOf('\n');
      if (end < 0) {
        return Optional.empty();
      }
      String text = file.substring(end + 1);
      if (!MessageDigest.isEqual(
          file.substring(0, end).getBytes(StandardCharsets.US_ASCII),
          sealOf(text).getBytes(StandardCharsets.US_ASCII))) {
        return Optional.empty();
      }
      CompiledPolicy compiled = CompiledPolicy.parse(text);
      return compiled.digest().equals(digest) ? Optional.of(Policy.of(compiled)) : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      // It is made again.
      return Optional.empty();
    }
  }

  private String sealOf(String text) {
    return seal.apply(SEALED + CompiledPolicy.sha256(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private void keep(Path kept, String text) {
    try {
      Files.createDirectories(folder);
      Path written = Files.createTempFile(folder, "compiled", ".part");
      try {
        Files.writeString(written, sealOf(text) + "\n" + text, StandardCharsets.US_ASCII);
        Files.move(written, kept, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      // The next start compiles again: slower, and nothing else.
      return;
    }
  }
}
