package dev.candor.server.prefixes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which states are on the disk, the longest unused first. Not safe for use by many threads. */
final class PrefixIndex {

  /**
   * A state on the disk.
   *
   * @param name of its file
   * @param scope 64 hexadecimal digits
   * @param tokens how many it holds
   * @param bytes of its file
   * @param payloadKey id of the vault's key that opens it
   */
  record Stored(String name, String scope, int tokens, long bytes, String payloadKey) {}

  private final Map<String, Stored> byName = new LinkedHashMap<>();

  /** How many states of a scope have so many tokens. */
  private final Map<String, TreeMap<Integer, Integer>> lengths = new HashMap<>();

  private long bytes;

  void add(Stored stored) {
    remove(stored.name());
    byName.put(stored.name(), stored);
    lengths
        .computeIfAbsent(stored.scope(), _ -> new TreeMap<>())
        .merge(stored.tokens(), 1, Integer::sum);
    bytes += stored.bytes();
  }

  Optional<Stored> remove(String name) {
    Stored gone = byName.remove(name);
    if (gone == null) {
      return Optional.empty();
    }
    bytes -= gone.bytes();
    lengths.computeIfPresent(
        gone.scope(),
        (_, counts) -> {
          counts.computeIfPresent(gone.tokens(), (_, count) -> count == 1 ? null : count - 1);
          return counts.isEmpty() ? null : counts;
        });
    return Optional.of(gone);
  }

  Optional<Stored> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** It was used just now. */
  void touch(String name) {
    Stored used = byName.remove(name);
    if (used != null) {
      byName.put(name, used);
    }
  }

  /** How long states of a scope are, ascending, from one length to another, both included. */
  List<Integer> lengths(String scope, int from, int to) {
    TreeMap<Integer, Integer> counts = lengths.get(scope);
    return counts == null || from > to
        ? List.of()
        : List.copyOf(counts.subMap(from, true, to, true).keySet());
  }

  /** The longest unused. */
  Optional<Stored> oldest() {
    return byName.values().stream().findFirst();
  }

  /** All that another key than this one opens. */
  List<Stored> notUnder(String payloadKey) {
    return byName.values().stream().filter(it -> !it.payloadKey().equals(payloadKey)).toList();
  }

  /** Those of some names that are there, in the order of the names. */
  List<Stored> those(Collection<String> names) {
    List<Stored> found = new ArrayList<>();
    for (String name : names) {
      find(name).ifPresent(found::add);
    }
    return found;
  }

  int size() {
    return byName.size();
  }

  /** Of all files. */
  long bytes() {
    return bytes;
  }
}
