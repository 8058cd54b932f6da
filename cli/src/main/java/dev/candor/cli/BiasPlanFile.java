package dev.candor.cli;

import dev.candor.governance.fairness.BiasPlan;
import dev.candor.governance.fairness.BiasSets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A plan as a command line names it, with the sets beside it.
 *
 * @param yaml its bytes
 */
record BiasPlanFile(byte[] yaml, BiasPlan plan, BiasSets sets) {

  /** Reads both. */
  static BiasPlanFile read(Path file) {
    byte[] yaml = BiasPlan.bytes(file);
    BiasPlan plan = BiasPlan.parse(yaml);
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of(""));
    return new BiasPlanFile(yaml, plan, BiasSets.of(plan, folder));
  }
}
