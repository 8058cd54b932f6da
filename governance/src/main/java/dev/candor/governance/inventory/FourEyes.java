package dev.candor.governance.inventory;

import dev.candor.governance.GovernanceException;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Who has had which part in a model, so that nobody judges what is their own. Whoever was once
 * named as developer or owner stays one: to name another later makes nobody independent. Source:
 * OSFI Guideline E-23 (2027), Principle 3.1.
 */
final class FourEyes {

  private final Set<String> makers = new HashSet<>();
  private final Map<String, Set<String>> reviewers = new HashMap<>();

  /** Takes in who has made a model and who answers for it. */
  void made(InventoryRecord record) {
    record.lines(InventoryField.DEVELOPER).forEach(name -> makers.add(person(name)));
    record.lines(InventoryField.OWNER).forEach(name -> makers.add(person(name)));
  }

  /** Takes in who has reviewed something. */
  void reviewed(String tuple, String name) {
    reviewers.computeIfAbsent(tuple, _ -> new HashSet<>()).add(person(name));
  }

  /**
   * Goes on only if this is somebody else than whoever made the model or answers for it.
   *
   * @param what they would do, for the message
   * @throws GovernanceException {@code governance.four-eyes}
   */
  void requireNotMaker(String name, String what) {
    if (makers.contains(person(name))) {
      throw same(name, what, "is, or was, its developer or owner");
    }
  }

  /**
   * Goes on only if this is somebody else than whoever reviewed this.
   *
   * @throws GovernanceException {@code governance.four-eyes}
   */
  void requireNotReviewer(String name, String tuple) {
    if (reviewers.getOrDefault(tuple, Set.of()).contains(person(name))) {
      throw same(name, "approve this model", "has reviewed it");
    }
  }

  private static GovernanceException same(String name, String what, String why) {
    return new GovernanceException(
        "four-eyes",
        name + " may not " + what + ": " + name + " " + why,
        "Ask somebody else (--as NAME:ROLES).");
  }

  /** Two spellings of one name are one person. */
  private static String person(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC)
        .strip()
        .replaceAll("\\s+", " ")
        .toLowerCase(Locale.ROOT);
  }
}
