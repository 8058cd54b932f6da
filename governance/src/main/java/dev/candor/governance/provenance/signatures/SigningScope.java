package dev.candor.governance.provenance.signatures;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What of a model is signed, and how.
 *
 * @param ignoredPaths relative to the model; each with all below it
 * @param except a file that is left out wherever it lies: where the signature will be
 * @param allowSymlinks whether symbolic links are followed
 * @param shardBytes how long the pieces are that are hashed one by one; none: whole files
 * @param fileName what a single file is called
 */
public record SigningScope(
    List<String> ignoredPaths,
    List<Path> except,
    boolean allowSymlinks,
    OptionalLong shardBytes,
    FileName fileName) {

  /** What the manifest of a single file calls it. */
  public enum FileName {
    /** By its name, as the specification demands. */
    OWN,
    /** {@code .}, as the package model-signing does up to 1.1.1, which takes nothing else. */
    DOT
  }

  public SigningScope {
    ignoredPaths = List.copyOf(ignoredPaths);
    except = List.copyOf(except);
  }

  /** Everything, as the specification has it. */
  public static SigningScope ofAllFiles() {
    return new SigningScope(List.of(), List.of(), false, OptionalLong.empty(), FileName.OWN);
  }
}
