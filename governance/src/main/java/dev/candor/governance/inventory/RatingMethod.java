package dev.candor.governance.inventory;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.YamlDocument;
import dev.candor.governance.access.Role;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.statistics.NearestWord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How models are rated: criteria with their weights, limits, and what follows from each rating. The
 * same answers give the same rating, anywhere. It is data; docs/reference/inventory.md prints it.
 */
public final class RatingMethod {

  /** The criterion that what is on record of a model's data answers too. */
  public static final String PROVENANCE = "provenance";

  /** In the place of an answer that nobody gave. */
  public static final String UNKNOWN = "unknown";

  private static final String RESOURCE = "rating-method.yaml";
  private static final RatingMethod STANDARD = new RatingMethod(resource());

  private final String digest;
  private final Map<String, Integer> points = new LinkedHashMap<>();
  private final List<RatingCriterion> criteria = new ArrayList<>();
  private final List<Limit> limits = new ArrayList<>();
  private final List<Floor> floors = new ArrayList<>();
  private final List<RatingRule> rules = new ArrayList<>();

  private record Limit(RiskRating rating, int below) {}

  private record Floor(String criterion, int points, RiskRating rating) {}

  private RatingMethod(byte[] yaml) {
    digest = DigestTuple.sha256(yaml);
    Map<String, Object> document = YamlDocument.read(yaml, RESOURCE);
    map(document, "points").forEach((answer, value) -> points.put(answer, number(value)));
    for (Map<String, Object> it : maps(document, "criteria")) {
      criteria.add(
          new RatingCriterion(
              text(it, "id"),
              text(it, "kind").equals("quantitative"),
              number(text(it, "weight")),
              text(it, "question")));
    }
    for (Map<String, Object> it : maps(document, "limits")) {
      limits.add(new Limit(RiskRating.of(text(it, "rating")), number(text(it, "below"))));
    }
    for (Map<String, Object> it : maps(document, "floors")) {
      floors.add(
          new Floor(
              text(it, "criterion"),
              // Nobody knows is said by that word alone, though it counts like the worst.
              text(it, "answer").equals(UNKNOWN) ? Integer.MAX_VALUE : pointsOf(text(it, "answer")),
              RiskRating.of(text(it, "rating"))));
    }
    for (Map<String, Object> it : maps(document, "ratings")) {
      Map<String, Object> most = map(it, "limits");
      rules.add(
          new RatingRule(
              RiskRating.of(text(it, "rating")),
              number(text(it, "review-months")),
              Role.of(text(it, "approver")),
              texts(it, "evidence").stream().map(EvidenceKind::of).toList(),
              texts(it, "monitors"),
              most.containsKey("purposes"),
              most.containsKey("maximum-tokens")
                  ? OptionalLong.of(number(text(most, "maximum-tokens")))
                  : OptionalLong.empty()));
    }
  }

  /** The one that Candor comes with. */
  public static RatingMethod standard() {
    return STANDARD;
  }

  /** SHA-256 of its file: what a rating names. */
  public String digest() {
    return digest;
  }

  /** In their order. */
  public List<RatingCriterion> criteria() {
    return Collections.unmodifiableList(criteria);
  }

  /** The answers that there are, with their points. */
  public Map<String, Integer> points() {
    return Collections.unmodifiableMap(points);
  }

  /** What follows from a rating. */
  public RatingRule rule(RiskRating rating) {
    return rules.stream().filter(rule -> rule.rating() == rating).findFirst().orElseThrow();
  }

  /** What is asked of a model that nobody has rated: as much as of the worst. */
  public RatingRule rule(Optional<RiskRating> rating) {
    return rule(rating.orElse(RiskRating.HIGH));
  }

  /**
   * Rates. What is not answered is unknown.
   *
   * @param answers by the ids of the criteria
   * @throws GovernanceException {@code governance.rating-answer} if there is no such criterion or
   *     answer
   */
  public Rating rate(Map<String, String> answers) {
    List<String> ids = criteria.stream().map(RatingCriterion::id).toList();
    for (String id : answers.keySet()) {
      if (!ids.contains(id)) {
        throw new GovernanceException(
            "rating-answer",
            "there is no criterion '" + PlainText.shown(id) + "'",
            "Did you mean '"
                + NearestWord.to(id, ids)
                + "'? There are: "
                + String.join(", ", ids)
                + ".");
      }
    }
    Map<String, String> complete = new LinkedHashMap<>();
    int sum = 0;
    int most = 0;
    int worst = Collections.max(points.values());
    for (RatingCriterion criterion : criteria) {
      String answer = answers.getOrDefault(criterion.id(), UNKNOWN);
      complete.put(criterion.id(), answer);
      sum += criterion.weight() * pointsOf(answer);
      most += criterion.weight() * worst;
    }
    RiskRating rating = byPoints(sum, most);
    RiskRating raised = rating;
    List<String> why = new ArrayList<>();
    for (Floor floor : floors) {
      String answer = complete.getOrDefault(floor.criterion(), UNKNOWN);
      int reached = answer.equals(UNKNOWN) ? Integer.MAX_VALUE : pointsOf(answer);
      if (reached >= floor.points() && floor.rating().compareTo(rating) > 0) {
        raised = raised.atLeast(floor.rating());
        why.add(floor.criterion() + "=" + answer);
      }
    }
    return new Rating(
        raised, sum, most, Collections.unmodifiableMap(complete), why.stream().distinct().toList());
  }

  /** In whole numbers: the same on every machine. */
  private RiskRating byPoints(int sum, int most) {
    for (Limit limit : limits) {
      if (100L * sum < (long) limit.below() * most) {
        return limit.rating();
      }
    }
    return RiskRating.HIGH;
  }

  private int pointsOf(String answer) {
    Integer known = points.get(answer);
    if (known == null) {
      throw new GovernanceException(
          "rating-answer",
          "there is no answer '" + PlainText.shown(answer) + "'",
          "Answers are " + String.join(", ", points.keySet()) + ".");
    }
    return known;
  }

  /** The file of {@link #standard}. */
  public static byte[] standardText() {
    return resource();
  }

  private static byte[] resource() {
    try (InputStream in =
        Objects.requireNonNull(RatingMethod.class.getResourceAsStream(RESOURCE))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object member(Map<String, Object> map, String key) {
    return Optional.ofNullable(map.get(key))
        .orElseThrow(() -> new IllegalArgumentException(RESOURCE + " has no " + key));
  }

  private static String text(Map<String, Object> map, String key) {
    return (String) member(map, key);
  }

  private static List<String> texts(Map<String, Object> map, String key) {
    return ((List<?>) member(map, key)).stream().map(String.class::cast).toList();
  }

  private static Map<String, Object> map(Map<String, Object> map, String key) {
    Map<String, Object> members = new LinkedHashMap<>();
    ((Map<?, ?>) member(map, key)).forEach((name, value) -> members.put((String) name, value));
    return members;
  }

  private static List<Map<String, Object>> maps(Map<String, Object> map, String key) {
    List<Map<String, Object>> elements = new ArrayList<>();
    for (Object element : (List<?>) member(map, key)) {
      Map<String, Object> members = new LinkedHashMap<>();
      ((Map<?, ?>) element).forEach((name, value) -> members.put((String) name, value));
      elements.add(members);
    }
    return elements;
  }

  private static int number(Object text) {
    return Integer.parseInt((String) text);
  }
}
