package dev.candor.governance.provenance.documents;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Energy that was spent on a model.
 *
 * @param activity a word of CycloneDX, such as {@code training}
 * @param kilowattHours how much; none: nobody has measured it
 * @param label how it is known: {@code WALL}, {@code BATTERY}, {@code RAPL}, {@code MODEL} or
 *     {@code UNKNOWN}
 * @param tonnesCarbonDioxide what was emitted for it, as carbon dioxide
 * @param note what else is known
 */
public record Energy(
    String activity,
    OptionalDouble kilowattHours,
    String label,
    OptionalDouble tonnesCarbonDioxide,
    Optional<String> note) {

  /** How energy can be known, the best first. */
  public static final Set<String> LABELS = Set.of("WALL", "BATTERY", "RAPL", "MODEL", "UNKNOWN");

  /** What CycloneDX 1.7 calls activities. */
  public static final Set<String> ACTIVITIES =
      Set.of(
          "design",
          "data-collection",
          "data-preparation",
          "training",
          "fine-tuning",
          "validation",
          "deployment",
          "inference",
          "other");
}
