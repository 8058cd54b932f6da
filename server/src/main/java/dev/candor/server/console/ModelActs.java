package dev.candor.server.console;

import dev.candor.governance.access.Action;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.ModelLimits;
import dev.candor.governance.inventory.RatingCriterion;
import dev.candor.governance.inventory.RatingMethod;
import dev.candor.governance.inventory.RiskRating;
import dev.candor.server.HttpProblem;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What people do about a model that is in the inventory. Who may do it to which, and in which
 * order, the inventory says: whoever has developed or owns a model neither reviews nor approves it.
 */
public final class ModelActs {

  /** What a criterion may be answered with. */
  private static final List<String> ANSWERS =
      List.of(RatingMethod.UNKNOWN, "none", "low", "medium", "high");

  private static final long MOST_TOKENS = 1L << 40;

  private final ConsoleParts parts;

  ModelActs(ConsoleParts parts) {
    this.parts = parts;
  }

  /**
   * What a visitor may do, and with which words.
   *
   * @param criteria questions of a rating
   * @param answers what each may be answered with
   * @param ratings what may be left of a risk
   */
  public record Forms(
      boolean rate,
      boolean review,
      boolean approve,
      List<RatingCriterion> criteria,
      List<String> answers,
      List<String> ratings) {

    /** Whether there is any. */
    public boolean any() {
      return rate || review || approve;
    }
  }

  /**
   * For a page.
   *
   * @param recorded whether the model is in the inventory
   */
  Forms forms(Visit visit, boolean recorded) {
    return new Forms(
        recorded && visit.may(Action.KEEP_INVENTORY),
        recorded && visit.may(Action.REVIEW_MODEL),
        recorded && visit.may(Action.APPROVE_MODEL),
        RatingMethod.standard().criteria(),
        ANSWERS,
        Arrays.stream(RiskRating.values()).map(RiskRating::key).toList());
  }

  private InventoryActs acts() {
    return new InventoryActs(parts.governance());
  }

  private static void goBack(Visit visit, String id) {
    visit.goTo(Section.MODELS.path() + "/" + id);
  }

  void rate(Visit visit, FormFields form) {
    String id = visit.part("id");
    Map<String, String> answers = new LinkedHashMap<>();
    for (RatingCriterion criterion : RatingMethod.standard().criteria()) {
      form.text("answer-" + criterion.id()).ifPresent(it -> answers.put(criterion.id(), it));
    }
    var unused =
        acts()
            .rate(
                visit.principal(),
                id,
                answers,
                form.text("residual").map(RiskRating::of),
                form.text("mitigants"));
    goBack(visit, id);
  }

  void review(Visit visit, FormFields form) {
    String id = visit.part("id");
    String outcome = form.required("outcome");
    if (!outcome.equals("accepted") && !outcome.equals("returned")) {
      throw HttpProblem.ofField(
          "outcome", "invalid_value", "The field 'outcome' takes accepted or returned.");
    }
    requireAsShown(id, form);
    var unused =
        acts()
            .review(
                visit.principal(),
                id,
                outcome.equals("accepted"),
                form.required("summary"),
                Optional.empty());
    goBack(visit, id);
  }

  void approve(Visit visit, FormFields form) {
    String id = visit.part("id");
    requireAsShown(id, form);
    var unused =
        acts()
            .approve(
                visit.principal(),
                id,
                new ModelLimits(
                    words(form, "purposes"),
                    words(form, "tasks"),
                    OptionalLong.empty(),
                    tokens(form)),
                form.text("conditions"),
                form.text("until").map(KeyPages::endOfDay));
    goBack(visit, id);
  }

  /** Nobody judges a build or a policy that came after the page on which they do so. */
  private void requireAsShown(String id, FormFields form) {
    Optional<String> shown = form.text("tuple");
    if (shown.isPresent() && !acts().tuple(id).digest().equals(shown.get())) {
      throw HttpProblem.of(
          409,
          "model_changed",
          "The record of the model or the policy has changed since the page was shown. Load it"
              + " again.");
    }
  }

  private static OptionalLong tokens(FormFields form) {
    return form.text("tokens").isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of((long) form.number("tokens", 0, 1, MOST_TOKENS));
  }

  private static List<String> words(FormFields form, String field) {
    return form.text(field).stream()
        .flatMap(it -> Arrays.stream(it.split("[,\\s]+")))
        .filter(it -> !it.isEmpty())
        .toList();
  }
}
