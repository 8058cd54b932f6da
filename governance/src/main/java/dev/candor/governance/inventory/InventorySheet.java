package dev.candor.governance.inventory;

import dev.candor.governance.inventory.ModelStanding.Placed;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * All fields of a model, each with what is known now: what acts on this device say goes before what
 * somebody wrote into the record. Nothing is blank.
 */
public final class InventorySheet {

  private InventorySheet() {}

  /**
   * One field.
   *
   * @param text {@link InventoryField#UNKNOWN} where nobody knows
   * @param entry index of the act that says so; none if it is what the record says
   */
  public record Line(InventoryField field, String text, OptionalLong entry) {}

  /** The fields of a model in their order. */
  public static List<Line> of(ModelStanding standing) {
    Map<InventoryField, Line> acts = new EnumMap<>(InventoryField.class);
    standing
        .rated()
        .ifPresent(it ->
            acts.put(
                InventoryField.RATING,
                line(
                    InventoryField.RATING,
                    standing.rating().map(RiskRating::key).orElse(InventoryField.UNKNOWN),
                    it)));
    put(acts, InventoryField.DEPLOYED, standing.lastDeployment(), it -> date(it.at()));
    put(acts, InventoryField.REVIEWER, standing.lastReview(), it -> it.what().by());
    put(acts, InventoryField.REVIEWED, standing.lastReview(), it -> date(it.at()));
    put(acts, InventoryField.NEXT_REVIEW, standing.lastReview(), it -> next(standing, it.at()));
    put(acts, InventoryField.APPROVER, standing.lastApproval(), it -> it.what().by());
    put(
        acts,
        InventoryField.APPROVED_USES,
        standing.lastApproval().filter(it -> !it.what().limits().purposes().isEmpty()),
        it -> String.join("\n", it.what().limits().purposes()));
    Optional<InventoryRecord> record = standing.record().map(it -> it.what().record());
    List<Line> lines = new ArrayList<>();
    for (InventoryField field : InventoryField.values()) {
      lines.add(
          acts.getOrDefault(
              field,
              new Line(
                  field,
                  record.map(it -> declared(it, field)).orElse(InventoryField.UNKNOWN),
                  OptionalLong.empty())));
    }
    return lines;
  }

  /** A rating that stands in a record is nobody's: the method has not seen any answers. */
  private static String declared(InventoryRecord record, InventoryField field) {
    return field == InventoryField.RATING
        ? record
            .declaredRating()
            .map(it -> InventoryField.UNKNOWN + " (the record says " + it.key() + ")")
            .orElse(InventoryField.UNKNOWN)
        : record.text(field);
  }

  /** When the model is to be reviewed next, as its rating says. */
  private static String next(ModelStanding standing, Instant reviewed) {
    return date(RatingMethod.standard().rule(standing.rating()).latest(reviewed));
  }

  private static String date(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC).toString();
  }

  private static <T> void put(
      Map<InventoryField, Line> lines,
      InventoryField field,
      Optional<Placed<T>> act,
      Function<Placed<T>, String> text) {
    act.ifPresent(it -> lines.put(field, line(field, text.apply(it), it)));
  }

  private static Line line(InventoryField field, String text, Placed<?> act) {
    return new Line(field, text, OptionalLong.of(act.index()));
  }
}
