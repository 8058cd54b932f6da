package dev.candor.server.prefixes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where models remember conversations.
 *
 * @param memoryBytes most bytes of what each model keeps in memory; 0 for nothing, also on the disk
 * @param disk what is for the next process too
 * @param shared a system prompt that everybody may begin from, declared by whoever serves
 * @param counts how often it was of use
 * @param payloadKey the vault's payload key now: each erasure brings another, and what was
 *     remembered under the one before is forgotten
 */
public record PrefixRoom(
    long memoryBytes,
    Optional<PrefixStore> disk,
    Optional<String> shared,
    PrefixCounts counts,
    Supplier<String> payloadKey) {

  /** Models that remember nothing. */
  public static final PrefixRoom NONE = inMemory(0);

  /** In memory alone. */
  public static PrefixRoom inMemory(long bytes) {
    return new PrefixRoom(bytes, Optional.empty(), Optional.empty(), new PrefixCounts());
  }

  /** Goes by the payload key of the store; in memory alone nothing is erased. */
  public PrefixRoom(
      long memoryBytes, Optional<PrefixStore> disk, Optional<String> shared, PrefixCounts counts) {
    this(memoryBytes, disk, shared, counts, () -> disk.map(PrefixStore::payloadKey).orElse(""));
  }

  /** Figures by the names that metrics have. */
  public Map<String, Double> figures() {
    Map<String, Double> figures = new LinkedHashMap<>(counts.figures());
    figures.put("candor_prefix_disk_bytes", disk.map(it -> (double) it.bytes()).orElse(0.0));
    figures.put("candor_prefix_disk_states", disk.map(it -> (double) it.states()).orElse(0.0));
    return figures;
  }
}
