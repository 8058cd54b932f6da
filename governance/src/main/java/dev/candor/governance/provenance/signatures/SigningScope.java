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
 * @param dialect the form of the manifest
 */
public record SigningScope(
    List<String> ignoredPaths,
    List<Path> except,
    boolean allowSymlinks,
    OptionalLong shardBytes,
    Dialect dialect) {

  /** Whose form the manifest has where the reference implementation departs from the text. */
  public enum Dialect {
    /** As the specification demands. */
    SPECIFICATION,
    /**
     * As the package model-signing writes and expects it up to 1.1.1: a single file is called
     * {@code .}, and the algorithm of a piece is {@code sha256-sharded-} and its greatest length.
     */
    MODEL_SIGNING_PACKAGE
  }

  public SigningScope {
    ignoredPaths = List.copyOf(ignoredPaths);
    except = List.copyOf(except);
  }

  /** Everything, as the specification has it. */
  public static SigningScope ofAllFiles() {
    return new SigningScope(
        List.of(), List.of(), false, OptionalLong.empty(), Dialect.SPECIFICATION);
  }
}
