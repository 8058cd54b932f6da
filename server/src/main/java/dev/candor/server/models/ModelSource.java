package dev.candor.server.models;

import java.util.List;
import java.util.Optional;

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
   * The offer beside whose weights this one computes, if it is an adapter. It is in memory as long
   * as the adapter is.
   *
   * @param name of an offer
   */
  default Optional<String> baseOf(String name) {
    return Optional.empty();
  }

  /**
   * How many sequences of it there is memory for at once, as far as that is known: when it was
   * brought into memory.
   *
   * @param name of an offer
   */
  default int places(String name) {
    return Integer.MAX_VALUE;
  }

  /**
   * Brings an adapter into memory.
   *
   * @param name of an offer that has a base
   * @param base the base, in memory
   */
  default ServedModel openBeside(String name, ServedModel base) {
    throw new IllegalArgumentException(name);
  }

  /**
   * Brings a model into memory.
   *
   * @param name of an offer that has no base
   */
  ServedModel open(String name);
}
