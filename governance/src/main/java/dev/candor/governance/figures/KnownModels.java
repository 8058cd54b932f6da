package dev.candor.governance.figures;

import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventoryRecord;
import dev.candor.governance.inventory.ModelStanding;
import dev.candor.governance.inventory.RatingMethod;
import dev.candor.governance.inventory.RiskRating;
import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Where all models stand, as the entries about them say. */
final class KnownModels {

  /** In the place of what nobody has said. */
  static final String UNKNOWN = InventoryField.UNKNOWN;

  private final SortedMap<String, ModelStanding> standings = new TreeMap<>();

  /** Takes in an entry about a model. */
  boolean take(long index, Entry entry) {
    Optional<String> id = entry.value("model-id");
    if (id.isEmpty()) {
      return false;
    }
    ModelStanding standing = standings.computeIfAbsent(id.get(), ModelStanding::new);
    int before = standing.withoutEffect().size();
    standing.apply(index, entry);
    return standing.withoutEffect().size() == before;
  }

  /** Those that are on record, by their ids. */
  List<ModelStanding> all() {
    return standings.values().stream().filter(it -> it.record().isPresent()).toList();
  }

  /** What is on record of a model. */
  static InventoryRecord record(ModelStanding standing) {
    return standing.record().orElseThrow().what().record();
  }

  /** What a field of its record says, on one line. */
  static String field(ModelStanding standing, InventoryField field) {
    return record(standing).text(field).replace("\n", "; ");
  }

  /** Its rating. */
  static String rating(ModelStanding standing) {
    return standing.rating().map(RiskRating::key).orElse(UNKNOWN);
  }

  /**
   * The day on which it is to be reviewed: what its record says, unless it was reviewed on that day
   * or later, or the months that its rating allows after its last review, whichever is earlier.
   */
  static Optional<LocalDate> due(ModelStanding standing) {
    Optional<LocalDate> reviewed =
        standing.lastReview().map(it -> LocalDate.ofInstant(it.at(), ZoneOffset.UTC));
    Optional<LocalDate> said =
        day(field(standing, InventoryField.NEXT_REVIEW))
            .filter(day -> reviewed.isEmpty() || reviewed.get().isBefore(day));
    Optional<LocalDate> allowed =
        standing
            .lastReview()
            .map(it -> RatingMethod.standard().rule(standing.rating()).latest(it.at()))
            .map(KnownModels::day);
    return Stream.of(said, allowed).flatMap(Optional::stream).min(LocalDate::compareTo);
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  private static Optional<LocalDate> day(String text) {
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty(); // It is UNKNOWN, or none.
    }
  }
}
