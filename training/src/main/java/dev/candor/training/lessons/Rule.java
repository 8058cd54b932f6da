package dev.candor.training.lessons;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A named list of phrases. An eighth of them, those with the smallest hashes, is kept back where
 * the rule's phrasings are what a lesson is about.
 *
 * @param name such as {@code intent.refund}
 * @param marks what stands behind the name in the heading
 */
record Rule(
    String name,
    Map<String, String> marks,
    List<Phrase> phrases,
    List<Phrase> trained,
    List<Phrase> keptBack) {

  private static final int PHRASES_PER_KEPT_BACK = 8;

  static Rule of(String name, Map<String, String> marks, List<Phrase> phrases) {
    List<Phrase> ordered =
        phrases.stream()
            .distinct()
            .sorted(Comparator.comparingLong(phrase -> StableHash.of(phrase.source())))
            .toList();
    int kept = (ordered.size() + PHRASES_PER_KEPT_BACK - 1) / PHRASES_PER_KEPT_BACK;
    return new Rule(
        name,
        marks,
        List.copyOf(phrases),
        ordered.subList(kept, ordered.size()),
        ordered.subList(0, kept));
  }

  /** A phrasing for the split. */
  Phrase phrasing(Split split, Draws draws) {
    return draws.pick(split == Split.NEW_PHRASINGS ? keptBack : trained);
  }

  /** The name of a phrasing among all. */
  String family(Phrase phrase) {
    return name + "#" + phrase.identity();
  }
}
