package dev.candor.cli.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A model of the store, as its {@code model.json} describes it.
 *
 * @param name how commands call it
 * @param folder where it lives
 * @param weights what to open: a GGUF file, or the folder of a safetensors checkpoint
 * @param source where it came from, as the user or the hub names it
 * @param digest what its records call it, 64 lower-case hexadecimal digits: SHA-256 of the file as
 *     it came, or of a folder {@link dev.candor.engine.generation.ModelDigest}
 * @param packedDigest SHA-256 of the packed file that is here in their place, if it is one
 * @param sizeBytes of all its files
 * @param added when
 * @param format version of {@code model.json}
 */
public record StoredModel(
    String name,
    Path folder,
    Path weights,
    String source,
    String digest,
    Optional<String> packedDigest,
    long sizeBytes,
    Instant added,
    int format) {

  /** Whether its weights are packed. */
  public boolean packed() {
    return packedDigest.isPresent();
  }
}
