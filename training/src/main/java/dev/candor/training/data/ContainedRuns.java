package dev.candor.training.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds long runs of words that are in a training text and in a text held back, as Brown et al.
 * 2020 (GPT-3, arXiv 2005.14165, appendix C) look for contamination: runs of 13 words without
 * punctuation and case; a text of 8 to 12 words counts as one run; runs that are in more than 10
 * training texts are common phrases and do not count.
 */
final class ContainedRuns {

  /** Texts with fewer words say too little to be called copied. */
  private static final int FEWEST_WORDS = 8;

  /** Of held texts that share a run, so many are named. */
  private static final int MOST_HOLDERS = 16;

  /** Bits of a filter, a power of two. */
  private static final int FILTER = 1 << 25;

  private final OverlapSettings settings;

  ContainedRuns(OverlapSettings settings) {
    this.settings = settings;
  }

  /** A run of the held texts. */
  private static final class Run {
    final List<Integer> holders = new ArrayList<>(1);
    Set<Integer> rows = Set.of();
  }

  /**
   * All pairs of a training text and a held text with a common run.
   *
   * @param training indices into the texts
   * @param held indices into the texts
   * @return the training text first; sorted by the held text, then the training text
   */
  List<Overlap> find(List<long[]> words, int[] training, int[] held, DataProgress progress) {
    Map<Integer, Map<Long, Run>> runsOfLength = new TreeMap<>();
    // Most runs of training texts are in no held text: one bit says so, without a look into a map.
    BitSet known = new BitSet(FILTER);
    for (int row : held) {
      long[] text = words.get(row);
      int length = lengthFor(text);
      if (length > 0) {
        Map<Long, Run> runs = runsOfLength.computeIfAbsent(length, l -> new HashMap<>());
        for (int i = 0; i + length <= text.length; i++) {
          long hash = NormalText.run(text, i, length);
          known.set((int) hash & (FILTER - 1));
          List<Integer> holders = runs.computeIfAbsent(hash, run -> new Run()).holders;
          if (holders.size() < MOST_HOLDERS && !holders.contains(row)) {
            holders.add(row);
          }
        }
      }
    }
    int done = 0;
    for (int row : training) {
      progress.update("looking for copied runs of words", done++, training.length);
      long[] text = words.get(row);
      runsOfLength.forEach((length, runs) -> {
        for (int i = 0; i + length <= text.length; i++) {
          long hash = NormalText.run(text, i, length);
          Run run = known.get((int) hash & (FILTER - 1)) ? runs.get(hash) : null;
          if (run != null && run.rows.size() <= settings.boilerplateRows()) {
            if (run.rows.isEmpty()) {
              run.rows = new HashSet<>();
            }
            run.rows.add(row);
          }
        }
      });
    }
    // By held text, then training text: how many runs they have in common.
    Map<Integer, Map<Integer, Integer>> common = new TreeMap<>();
    for (Map<Long, Run> runs : runsOfLength.values()) {
      for (Run run : runs.values()) {
        if (run.rows.size() <= settings.boilerplateRows()) {
          for (int holder : run.holders) {
            for (int row : run.rows) {
              common.computeIfAbsent(holder, h -> new TreeMap<>()).merge(row, 1, Integer::sum);
            }
          }
        }
      }
    }
    List<Overlap> overlaps = new ArrayList<>();
    common.forEach((holder, rows) -> {
      long[] text = words.get(holder);
      double all = text.length - lengthFor(text) + 1;
      rows.forEach((row, count) ->
          overlaps.add(new Overlap(Overlap.Kind.CONTAINED, row, holder, Math.min(1, count / all))));
    });
    return overlaps;
  }

  private int lengthFor(long[] words) {
    if (words.length >= settings.containedWords()) {
      return settings.containedWords();
    }
    return words.length >= FEWEST_WORDS ? words.length : 0;
  }
}
