package dev.candor.governance.policy;

import dev.candor.governance.DurableFile;
import dev.candor.governance.GovernanceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Policies that were adopted, each in a file named by its digest. Which one holds is said by the
 * ledger alone. Safe for use by many threads.
 */
public final class PolicyShelf {

  private final Path folder;
  private final PolicyCache compiled;
  private final Policy standard = Policy.standard();
  private volatile Policy last = standard;

  /**
   * The shelf in a folder, which is made with its first policy.
   *
   * @param seal a keyed hash for what is kept compiled, see {@link PolicyCache}
   */
  public PolicyShelf(Path folder, UnaryOperator<String> seal) {
    this.folder = folder;
    this.compiled = new PolicyCache(folder, seal);
  }

  /** What holds where nothing was adopted. */
  public Policy standard() {
    return standard;
  }

  /**
   * The policy of this digest, as it was adopted.
   *
   * @throws GovernanceException {@code governance.policy-missing} or {@code
   *     governance.policy-altered}: then nothing is allowed
   */
  public Policy require(String digest) {
    Policy known = last;
    if (known.digest().equals(digest)) {
      return known;
    }
    if (standard.digest().equals(digest)) {
      return standard;
    }
    Path file = file(digest);
    if (!Files.exists(file)) {
      throw missing(digest);
    }
    Policy read = compiled.load(file);
    if (!read.digest().equals(digest)) {
      throw altered(digest, read.digest());
    }
    last = read;
    return read;
  }

  /**
   * The file of the policy of this digest, as it was adopted.
   *
   * @throws GovernanceException as {@link #require}
   */
  public byte[] text(String digest) {
    if (standard.digest().equals(digest)) {
      return Policy.standardText();
    }
    Path file = file(digest);
    if (!Files.exists(file)) {
      throw missing(digest);
    }
    byte[] yaml = PolicyCache.bytes(file);
    if (!CompiledPolicy.sha256(yaml).equals(digest)) {
      throw altered(digest, CompiledPolicy.sha256(yaml));
    }
    return yaml;
  }

  /** Puts a policy there, durably; it holds once the ledger says so. */
  public Policy put(byte[] yaml) {
    Policy policy = Policy.parse(yaml);
    DurableFile.write(folder, name(policy.digest()), yaml);
    return policy;
  }

  private static GovernanceException missing(String digest) {
    return new GovernanceException(
        "policy-missing",
        "the policy that holds is gone: the ledger names " + digest,
        "Put its file back, or adopt a policy: candor policy adopt FILE.");
  }

  private static GovernanceException altered(String digest, String found) {
    return new GovernanceException(
        "policy-altered",
        "the policy that holds was altered: the ledger names " + digest + ", the file has " + found,
        "Adopt the policy again: candor policy adopt FILE.");
  }

  private Path file(String digest) {
    return folder.resolve(name(digest));
  }

  private static String name(String digest) {
    return digest + ".yaml";
  }
}
