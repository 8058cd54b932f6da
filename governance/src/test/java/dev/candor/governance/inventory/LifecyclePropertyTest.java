package dev.candor.governance.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.access.Role;
import dev.candor.ledger.entries.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whatever is written, in whatever order and by whomever: no model is put to use without a review
 * by one who has not made it and an approval by another, of just that model. Who has looked at what
 * is found out here anew, from the entries that had an effect.
 */
class LifecyclePropertyTest {

  private static final String ID = "desk";
  private static final Instant BEGIN = Instant.parse("2027-01-01T00:00:00Z");
  private static final List<String> PEOPLE =
      List.of("dora", "olga", "rita", "anton", "ben", "Dora", " olga ");
  private static final List<String> TUPLES = List.of("1".repeat(64), "2".repeat(64));

  private final List<Entry> log = new ArrayList<>();
  private ModelStanding standing = new ModelStanding(ID);
  private Random random = new Random(0);

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private InventoryRecord record() {
    Map<InventoryField, String> fields = InventoryRecordTest.all();
    fields.put(InventoryField.ID, ID);
    fields.put(InventoryField.DEVELOPER, any(List.of("dora", "dora\nben")));
    fields.put(InventoryField.OWNER, "olga");
    return new InventoryRecord(fields, Optional.empty());
  }

  /** Mostly what might come next, so that many ways lead far; sometimes anything. */
  private Entry act() {
    boolean sensible = random.nextInt(4) > 0;
    String by = any(PEOPLE);
    if (sensible && random.nextInt(3) > 0) {
      by = standing.state() == LifecycleState.APPROVAL ? "anton" : "rita";
    }
    String tuple = sensible ? TUPLES.getFirst() : any(TUPLES);
    int choice =
        sensible
            ? switch (standing.state()) {
              case DESIGN -> standing.rated().isEmpty() ? 1 : 4;
              case REVIEW -> standing.isRatingDue() ? 1 : 2;
              case APPROVAL ->
                  standing.approvalSinceReview(TUPLES.getFirst()).isPresent()
                      ? 4
                      : random.nextInt(5) > 0 ? 3 : 4;
              case DEPLOYMENT, MONITORING -> random.nextInt(5);
              case DECOMMISSION -> random.nextInt(6);
            }
            : random.nextInt(6);
    return switch (choice) {
      case 0 -> new ModelRecorded(record(), by).entry();
      case 1 -> rated(by).entry();
      case 2 ->
          new ModelReviewed(ID, tuple, random.nextInt(4) > 0, "s", Optional.empty(), by).entry();
      case 3 ->
          new ModelApproved(
                  ID,
                  tuple,
                  "f".repeat(64),
                  standing.rating().orElse(any(List.of(RiskRating.values()))),
                  Optional.empty(),
                  any(List.of(Role.OPERATE, Role.GOVERN, Role.INVOKE)),
                  new ModelLimits(
                      random.nextInt(4) > 0 ? List.of("triage") : List.of(),
                      List.of(),
                      OptionalLong.empty(),
                      OptionalLong.empty()),
                  Optional.empty(),
                  Optional.of(now().plus(Duration.ofDays(random.nextInt(-2, 120)))),
                  by)
              .entry();
      case 4 -> moved(by, tuple, sensible).entry();
      default -> new ExemptionGranted(ID, "r", now().plusSeconds(60), Role.OPERATE, by).entry();
    };
  }

  private ModelRated rated(String by) {
    Map<String, String> answers = RatingMethodTest.all("low");
    answers.put("customer-impact", any(List.of("none", "low", "high")));
    answers.put("importance", any(List.of("none", "high")));
    Rating rating = RatingMethod.standard().rate(answers);
    // Sometimes somebody writes a rating that the method does not give.
    if (random.nextInt(5) == 0) {
      rating =
          new Rating(
              RiskRating.NEGLIGIBLE,
              rating.points(),
              rating.most(),
              rating.answers(),
              rating.floors());
    }
    return new ModelRated(
        ID, rating, RatingMethod.standard().digest(), Optional.empty(), Optional.empty(), by);
  }

  private ModelMoved moved(String by, String tuple, boolean sensible) {
    List<LifecycleState> ways = List.copyOf(standing.state().next());
    LifecycleState to =
        sensible && !ways.isEmpty() && random.nextInt(20) > 0
            ? any(ways.stream().filter(it -> it != LifecycleState.DECOMMISSION).toList())
            : any(List.of(LifecycleState.values()));
    boolean use = to == LifecycleState.DEPLOYMENT || random.nextBoolean();
    return new ModelMoved(
        ID,
        sensible ? standing.state() : any(List.of(LifecycleState.values())),
        to,
        to == LifecycleState.DEPLOYMENT ? Optional.of(tuple) : Optional.empty(),
        random.nextInt(3) > 0 ? List.of(ReviewTrigger.PERFORMANCE) : List.of(),
        to == LifecycleState.DESIGN || to == LifecycleState.DECOMMISSION || !use,
        "r",
        by);
  }

  private Instant now() {
    return BEGIN.plus(Duration.ofHours(log.size()));
  }

  private static Entry stamped(Entry entry, Instant at) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("at", at.toString());
    values.putAll(entry.values());
    return new Entry(entry.kind(), values);
  }

  private static String person(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  @Test
  void noPathToUseWithoutReviewAndApprovalByTwoOthers() {
    int deployments = 0;
    int refused = 0;
    for (int seed = 0; seed < 800; seed++) {
      random = new Random(seed);
      standing = new ModelStanding(ID);
      log.clear();
      List<Entry> effective = new ArrayList<>();
      add(new ModelRecorded(record(), "anna").entry(), effective);
      for (int step = 0; step < 40; step++) {
        Set<String> before = new HashSet<>(standing.deployed().keySet());
        add(act(), effective);
        for (String tuple : standing.deployed().keySet()) {
          if (!before.contains(tuple)) {
            deployments++;
            assertThat(whyNot(effective, tuple)).as("seed %d", seed).isEmpty();
          }
        }
      }
      for (String tuple : standing.deployed().keySet()) {
        assertThat(whyNot(effective, tuple)).as("seed %d", seed).isEmpty();
      }
      refused += standing.withoutEffect().size();
    }
    // Ways that lead nowhere would show nothing.
    assertThat(deployments).isGreaterThan(300);
    assertThat(refused).isGreaterThan(3_000);
  }

  private void add(Entry entry, List<Entry> effective) {
    Entry stamped = stamped(entry, now());
    long index = log.size();
    log.add(stamped);
    standing.apply(index, stamped);
    if (standing.withoutEffect().stream().noneMatch(it -> it.index() == index)) {
      effective.add(stamped);
    }
  }

  /** What a tuple lacks that is in use, by the entries that had an effect. */
  private static List<String> whyNot(List<Entry> entries, String tuple) {
    Set<String> makers = new HashSet<>();
    Set<String> judges = new HashSet<>();
    Optional<String> accepted = Optional.empty();
    Optional<String> approved = Optional.empty();
    boolean deployed = false;
    boolean sinceReview = false;
    Optional<RiskRating> rating = Optional.empty();
    List<String> wrong = new ArrayList<>();
    for (Entry entry : entries) {
      String by = person(entry.required("by"));
      boolean isThis = entry.value("tuple").equals(Optional.of(tuple));
      switch (entry.kind()) {
        case ModelRecorded.KIND -> {
          for (String name :
              (entry.required("developer") + "\n" + entry.required("owner")).split("\n", -1)) {
            makers.add(person(name));
          }
        }
        case ModelRated.KIND -> rating = Optional.of(RiskRating.of(entry.required("rating")));
        case ModelReviewed.KIND -> {
          if (makers.contains(by)) {
            wrong.add(by + " has reviewed what they made");
          }
          if (isThis) {
            judges.add(by);
            sinceReview = false;
            accepted =
                entry.required("outcome").equals("accepted") ? Optional.of(by) : Optional.empty();
            if (accepted.isEmpty()) {
              approved = Optional.empty();
              deployed = false;
            }
          }
        }
        case ModelApproved.KIND -> {
          if (isThis) {
            if (makers.contains(by) || judges.contains(by)) {
              wrong.add(by + " has approved what they made or reviewed");
            }
            if (accepted.isEmpty()) {
              wrong.add("approved and not reviewed");
            }
            boolean high = rating.orElse(RiskRating.HIGH).compareTo(RiskRating.MEDIUM) >= 0;
            if (high && !entry.required("role").equals("govern")) {
              wrong.add("approved by a level that is too low");
            }
            approved = Optional.of(by);
            sinceReview = true;
          }
        }
        case ModelMoved.KIND -> {
          if (entry.required("use").equals("stops")) {
            accepted = Optional.empty();
            approved = Optional.empty();
            deployed = false;
          } else if (entry.required("to").equals("review")) {
            accepted = Optional.empty();
          } else if (entry.required("to").equals("deployment") && isThis) {
            if (approved.isEmpty() || accepted.isEmpty() || !sinceReview) {
              wrong.add("deployed and not approved since it was reviewed");
            }
            deployed = true;
          }
        }
        default -> {}
      }
    }
    if (!deployed) {
      wrong.add("in use and never deployed");
    }
    return wrong;
  }
}
