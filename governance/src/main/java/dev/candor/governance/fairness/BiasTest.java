package dev.candor.governance.fairness;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One test of a plan.
 *
 * @param id what it is called, different from the plan's others
 * @param kind what it does
 * @param set the built-in set of this name; or, if it ends with {@code .jsonl}, a file beside the
 *     plan
 * @param names the set of names that stand in for each group, of a set of templates
 * @param instruction what is asked in place of the usual sentence
 * @param labels what the model chooses from; empty where each row says it
 * @param favourable those of the labels that are good for whoever they are given to
 * @param groups attributes and their groups, in their order; rows of other groups are left out
 * @param intersections whether each combination of groups of different attributes is judged too
 * @param reference of a name swap: a group of each attribute, whose names the others are held
 *     against
 * @param minimum fewest rows of a group, whatever the power
 * @param cases most texts of a set of templates, drawn by the seed; all if there is none
 * @param limits what is judged
 */
public record BiasTest(
    String id,
    Kind kind,
    String set,
    Optional<String> names,
    Optional<String> instruction,
    List<String> labels,
    List<String> favourable,
    Map<String, List<String>> groups,
    boolean intersections,
    List<String> reference,
    long minimum,
    OptionalInt cases,
    List<BiasLimit> limits) {

  /** What a test does. */
  public enum Kind {
    /** Compares what groups are given: selection rates, and errors where rows have labels. */
    PARITY,
    /** Asks the same with names of different groups. */
    NAME_SWAP,
    /** Asks questions in which a stereotype answers what the text does not (BBQ). */
    QUESTIONS,
    /** Asks pairs of texts of which one follows a stereotype and one goes against it. */
    PAIRS;

    /** As plans and documents write it. */
    public String key() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** All keys. */
    static List<String> keys() {
      return Arrays.stream(values()).map(Kind::key).toList();
    }
  }

  public BiasTest {
    labels = List.copyOf(labels);
    favourable = List.copyOf(favourable);
    Map<String, List<String>> copies = new LinkedHashMap<>();
    groups.forEach((attribute, values) -> copies.put(attribute, List.copyOf(values)));
    groups = Collections.unmodifiableMap(copies);
    reference = List.copyOf(reference);
    limits = List.copyOf(limits);
  }

  /** Whether a set is a file beside the plan. */
  static boolean isFile(String set) {
    return set.endsWith(".jsonl");
  }
}
