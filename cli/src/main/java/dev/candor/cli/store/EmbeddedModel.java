package dev.candor.cli.store;

import dev.candor.governance.evidence.EvidenceFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The model that comes with Candor: it answers where the store has none. The launcher says where it
 * lies; a program that was started without the launcher has none.
 */
public final class EmbeddedModel {

  /** Its name. A model of this name in the store goes first. */
  public static final String NAME = "candor-mini";

  private static final String PROPERTY = "candor.embedded";

  private EmbeddedModel() {}

  /** Its weights, packed. */
  public static Optional<Path> weights() {
    return Optional.ofNullable(System.getProperty(PROPERTY))
        .map(Path::of)
        .filter(Files::isRegularFile);
  }

  /** The folder of evidence that comes with it. */
  public static Optional<Path> evidence() {
    return weights().map(weights -> weights.resolveSibling("evidence")).filter(EvidenceFolder::is);
  }
}
