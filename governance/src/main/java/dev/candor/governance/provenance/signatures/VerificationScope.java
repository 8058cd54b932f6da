package dev.candor.governance.provenance.signatures;

import java.nio.file.Path;
import java.util.List;

/**
 * What of a model is looked at when a signature is verified.
 *
 * @param ignoredPaths left out besides what the signer has left out
 * @param except files that are left out wherever they lie: the signature itself
 * @param ignoreUnsigned whether files may be there that nobody has signed
 */
public record VerificationScope(
    List<String> ignoredPaths, List<Path> except, boolean ignoreUnsigned) {

  public VerificationScope {
    ignoredPaths = List.copyOf(ignoredPaths);
    except = List.copyOf(except);
  }

  /** Everything but the signature. */
  public static VerificationScope without(Path signature) {
    return new VerificationScope(List.of(), List.of(signature), false);
  }
}
