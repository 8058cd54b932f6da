package dev.candor.server.models;

import dev.candor.server.prefixes.PrefixRoom;
import java.util.List;

/** Where models come from that are not in memory. Safe for use by many threads. */
public interface ModelSource {

  /**
   * A model that can be had.
   *
   * @param name as requests name it
   * @param createdSeconds when it came to this machine, in seconds since 1970
   * @param bytes of its weights
   * @param digest SHA-256 of its weights, if it is known without reading them
   */
  record Offer(String name, long createdSeconds, long bytes, String digest) {}

  /** What there is, in a fixed order; the first is the one that answers where none is named. */
  List<Offer> offers();

  /**
   * Brings a model into memory.
   *
   * @param name of an offer
   */
  ServedModel open(String name);

  /** Where its models remember conversations. */
  default PrefixRoom prefixes() {
    return PrefixRoom.NONE;
  }
}
