package dev.candor.governance.explanation;

import dev.candor.governance.explanation.Counterfactual.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks for the smallest edit that gives another label: a span left out, or a word replaced by an
 * alternative; then two; then as many as it takes, of which those that are not needed are taken
 * back. What it finds is decided in full before it is told. That nothing was found within the
 * budget proves nothing.
 */
final class CounterfactualSearch {

  /** Texts that it asks about, at most. */
  static final int BUDGET = 400;

  /** Of the single edits the best ones are tried two by two. */
  private static final int PAIRED = 10;

  private final SpanText text;
  private final TextScorer scorer;
  private final Decider decider;
  private final Target target;
  private final OptionalInt wanted;
  private final Alternatives alternatives;
  private int asked;

  /** Decides in full. */
  interface Decider {
    /** Probabilities of the labels. */
    double[] decide(String text);
  }

  /**
   * @param wanted which label is to come out; any other one if empty
   */
  CounterfactualSearch(
      SpanText text,
      TextScorer scorer,
      Decider decider,
      Target target,
      OptionalInt wanted,
      Alternatives alternatives) {
    this.text = text;
    this.scorer = scorer;
    this.decider = decider;
    this.target = target;
    this.wanted = wanted;
    this.alternatives = alternatives;
  }

  /** Changes to a text, what it is then, and what the model thinks of it. */
  private record Candidate(List<Change> changes, String text, double[] logProbabilities) {

    int replaced() {
      return (int) changes.stream().filter(change -> change.instead().isPresent()).count();
    }
  }

  /** The smallest edit that was found. */
  Optional<Counterfactual> find() {
    List<List<Change>> singles = new ArrayList<>();
    for (int i = 0; i < text.spans().size(); i++) {
      int span = i;
      alternatives
          .of(text.text(i))
          .forEach(other -> singles.add(List.of(new Change(span, Optional.of(other)))));
      singles.add(List.of(new Change(i, Optional.empty())));
    }
    List<Candidate> single = evaluate(singles);
    Optional<Counterfactual> found = best(single);
    if (found.isPresent() || single.isEmpty()) {
      return found;
    }
    List<Candidate> promising =
        single.stream()
            .sorted(Comparator.comparingDouble(it -> distance(it.logProbabilities())))
            .toList();
    return best(evaluate(pairs(promising))).or(() -> reduced(promising));
  }

  private static List<List<Change>> pairs(List<Candidate> promising) {
    List<List<Change>> pairs = new ArrayList<>();
    List<Candidate> some = promising.subList(0, Math.min(PAIRED, promising.size()));
    for (int i = 0; i < some.size(); i++) {
      for (int j = i + 1; j < some.size(); j++) {
        Change first = some.get(i).changes().getFirst();
        Change second = some.get(j).changes().getFirst();
        if (first.span() != second.span()) {
          pairs.add(sorted(List.of(first, second)));
        }
      }
    }
    return pairs;
  }

  /** Adds one promising edit after the other until the label is another; then takes back. */
  private Optional<Counterfactual> reduced(List<Candidate> promising) {
    TreeMap<Integer, Change> changes = new TreeMap<>();
    List<List<Change>> growing = new ArrayList<>();
    for (Candidate candidate : promising) {
      Change change = candidate.changes().getFirst();
      if (changes.putIfAbsent(change.span(), change) == null
          && changes.size() <= text.spans().size() / 2) {
        growing.add(List.copyOf(changes.values()));
      }
    }
    Optional<Candidate> first = evaluate(growing).stream().filter(this::isOther).findFirst();
    if (first.isEmpty()) {
      return Optional.empty();
    }
    Candidate smallest = first.get();
    while (smallest.changes().size() > 1) {
      List<List<Change>> smaller = new ArrayList<>();
      for (Change change : smallest.changes()) {
        smaller.add(smallest.changes().stream().filter(it -> it != change).toList());
      }
      Optional<Candidate> next =
          evaluate(smaller).stream()
              .filter(this::isOther)
              .min(Comparator.comparingDouble(it -> distance(it.logProbabilities())));
      if (next.isEmpty()) {
        break;
      }
      smallest = next.get();
    }
    return best(List.of(smallest));
  }

  private static List<Change> sorted(List<Change> changes) {
    return changes.stream().sorted(Comparator.comparingInt(Change::span)).toList();
  }

  /** Those that the budget allows, without two of the same text. */
  private List<Candidate> evaluate(List<List<Change>> edits) {
    Set<String> seen = new HashSet<>();
    List<List<Change>> some = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (List<Change> changes : edits) {
      String changed = changed(changes);
      if (asked < BUDGET && seen.add(changed)) {
        asked++;
        some.add(changes);
        texts.add(changed);
      }
    }
    List<double[]> answers = texts.isEmpty() ? List.of() : scorer.logProbabilities(texts);
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < some.size(); i++) {
      candidates.add(new Candidate(some.get(i), texts.get(i), answers.get(i)));
    }
    return candidates;
  }

  private String changed(List<Change> changes) {
    List<Optional<String>> pieces = new ArrayList<>();
    for (int i = 0; i < text.spans().size(); i++) {
      pieces.add(Optional.of(text.text(i)));
    }
    changes.forEach(change -> pieces.set(change.span(), change.instead()));
    return text.render(pieces);
  }

  /** How far the label is ahead of what is wanted; below 0 it is not. */
  private double distance(double[] logProbabilities) {
    int other = wanted.orElseGet(() -> Target.best(logProbabilities, target.label()));
    return logProbabilities[target.label()] - logProbabilities[other];
  }

  private boolean isOther(Candidate candidate) {
    int best = Target.best(candidate.logProbabilities(), -1);
    return best != target.label() && (wanted.isEmpty() || best == wanted.getAsInt());
  }

  /** Of those with another label: what replaces rather than leaves out, then the surest. */
  private Optional<Counterfactual> best(List<Candidate> candidates) {
    return candidates.stream()
        .filter(this::isOther)
        .sorted(
            Comparator.comparingInt((Candidate it) -> -it.replaced())
                .thenComparingDouble(it -> distance(it.logProbabilities())))
        .map(this::decided)
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Only what comes out in full, too. */
  private Optional<Counterfactual> decided(Candidate candidate) {
    double[] probabilities = decider.decide(candidate.text());
    int label = Target.best(probabilities, -1);
    return label == Target.best(candidate.logProbabilities(), -1)
        ? Optional.of(
            new Counterfactual(candidate.changes(), candidate.text(), label, probabilities[label]))
        : Optional.empty();
  }
}
