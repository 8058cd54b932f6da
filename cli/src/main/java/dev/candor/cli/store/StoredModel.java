package dev.candor.cli.store;

import java.io.IOException;
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
 * @param packedHere whether this store packed it, and so has seen the file that {@code digest} is
 *     of; of a file that came packed the digest is what it says
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
    boolean packedHere,
    long sizeBytes,
    Instant added,
    int format) {

  /** Whether its weights are packed. */
  public boolean packed() {
    return packedDigest.isPresent();
  }

  /**
   * Goes on only if the packed weights are still those that this store has packed, so that {@link
   * #digest} says what they are.
   *
   * @throws StoreException {@code store.wrong-digest}
   */
  public void requireAsPacked() {
    try {
      String found = Digests.sha256(weights);
      if (!packedHere || !found.equals(packedDigest.orElse(""))) {
        throw Digests.wrong(name, packedDigest.orElse("none"), found);
      }
    } catch (IOException e) {
      throw Staging.failed(e, weights);
    }
  }
}
