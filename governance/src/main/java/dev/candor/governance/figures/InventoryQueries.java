package dev.candor.governance.figures;

import dev.candor.governance.inventory.ExemptionGranted;
import dev.candor.governance.inventory.Inventory;
import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventoryRecord;
import dev.candor.governance.inventory.LifecycleState;
import dev.candor.governance.inventory.ModelApproved;
import dev.candor.governance.inventory.ModelMoved;
import dev.candor.governance.inventory.ModelRated;
import dev.candor.governance.inventory.ModelRecorded;
import dev.candor.governance.inventory.ModelReviewed;
import dev.candor.governance.inventory.ModelStanding;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Queries over the inventory of models: what there is, how it is rated, and what is due. */
final class InventoryQueries {

  private static final String STANDING =
      "Of each model-id with an entry model-recorded, as docs/reference/inventory.md reads the entries"
          + " about it: ";

  private InventoryQueries() {}

  static List<EvidenceQuery> all() {
    return List.of(
        standing(
            "models",
            "Models of the inventory",
            "models",
            "its version, origin, developer and owner by its record, its rating, its state, and the day"
                + " of its next review as of reviews-overdue.",
            List.of(
                "model",
                "version",
                "origin",
                "developer",
                "owner",
                "rating",
                "state",
                "next review"),
            Inventory.KINDS,
            (models, _) -> table(models)),
        standing(
            "models-by-rating",
            "Models by risk rating",
            "models",
            "its rating, UNKNOWN if nobody has rated it.",
            List.of("rating", "models"),
            Set.of(ModelRecorded.KIND, ModelRated.KIND),
            (models, _) -> by(models, it -> Optional.of(KnownModels.rating(it)))),
        standing(
            "models-by-state",
            "Models by where they are in their life",
            "models",
            "its state.",
            List.of("state", "models"),
            Set.of(ModelRecorded.KIND, ModelReviewed.KIND, ModelMoved.KIND),
            (models, _) -> by(models, it -> Optional.of(it.state().key()))),
        standing(
            "unknown-fields",
            "Fields of the inventory that nobody knows",
            "fields",
            "the fields that its record has as UNKNOWN.",
            List.of("field", "models"),
            Set.of(ModelRecorded.KIND),
            (models, _) -> unknown(models)),
        counted(
            "ratings",
            "Ratings given",
            "ratings",
            "rating",
            "Entries model-rated, by rating.",
            ModelRated.KIND,
            entry -> entry.required("rating")),
        counted(
            "reviews",
            "Reviews made",
            "reviews",
            "outcome",
            "Entries model-reviewed, by outcome.",
            ModelReviewed.KIND,
            entry -> entry.required("outcome")),
        standing(
            "reviews-overdue",
            "Reviews that are overdue",
            "models",
            "if its state is not decommission, the earlier of next-review of its record, unless it was"
                + " reviewed on that day or later, and its last review and the months that its rating"
                + " allows; those before the day of the end of the period, or of the report if that is"
                + " earlier.",
            List.of("model", "was due"),
            Set.of(ModelRecorded.KIND, ModelRated.KIND, ModelReviewed.KIND),
            InventoryQueries::overdue),
        standing(
            "approvals",
            "Models by their approval",
            "models",
            "its last approval: alive; expired if until has come by the end of the period, or by the"
                + " moment of the report if that is earlier; ended if an act has ended it; void if it"
                + " is rated higher now. The value is the number of those alive.",
            List.of("approval", "models"),
            Set.of(ModelApproved.KIND),
            (models, asOf) -> alive(by(models, it -> approval(it, asOf)))),
        standing(
            "exemptions",
            "Models exempt from review and approval",
            "models",
            "its last exemption: alive, or expired if until has come by the end of the period, or by"
                + " the moment of the report if that is earlier. The value is the number of those"
                + " alive.",
            List.of("exemption", "models"),
            Set.of(ExemptionGranted.KIND),
            (models, asOf) ->
                alive(
                    by(
                        models,
                        it ->
                            it.exemption()
                                .map(one -> state(Optional.of(one.what().until()), asOf))))),
        new EvidenceQuery(
            "decommissions",
            "Models taken out of use",
            "models",
            "Entries model-moved whose to is decommission, by model-id.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of(ModelMoved.KIND),
            List.of("model", "times"),
            _ -> new CountBy(entry -> entry.value("model-id").filter(_ -> isDecommission(entry)))),
        new EvidenceQuery(
            "vendors",
            "Decisions by who made the model",
            "developers",
            "Entries decision-started of attempt 1 in the period, by developer and origin of the last"
                + " earlier entry model-recorded whose model begins with their model; UNKNOWN if there"
                + " is none. The value is the number of rows.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of(ModelRecorded.KIND, DecisionStarted.KIND),
            List.of("developer", "origin", "decisions"),
            Vendors::new));
  }

  private static EvidenceQuery standing(
      String name,
      String title,
      String unit,
      String definition,
      List<String> columns,
      Set<String> basis,
      BiFunction<KnownModels, Instant, Answer> answer) {
    return new EvidenceQuery(
        name,
        title,
        unit,
        STANDING + definition,
        EvidenceWindow.UNTIL_ITS_END,
        Inventory.KINDS,
        columns,
        _ -> new Standings(basis, answer));
  }

  private static EvidenceQuery counted(
      String name,
      String title,
      String unit,
      String column,
      String definition,
      String kind,
      Function<Entry, String> word) {
    return new EvidenceQuery(
        name,
        title,
        unit,
        definition,
        EvidenceWindow.UNTIL_ITS_END,
        Set.of(kind),
        List.of(column, unit),
        _ -> new CountBy(entry -> Optional.of(word.apply(entry))));
  }

  private static boolean isDecommission(Entry entry) {
    return entry.required("to").equals(LifecycleState.DECOMMISSION.key());
  }

  private static Answer table(KnownModels models) {
    List<List<Cell>> rows = new ArrayList<>();
    for (ModelStanding one : models.all()) {
      rows.add(
          List.of(
              Cell.of(one.id()),
              Cell.of(KnownModels.field(one, InventoryField.VERSION)),
              Cell.of(KnownModels.field(one, InventoryField.ORIGIN)),
              Cell.of(KnownModels.field(one, InventoryField.DEVELOPER)),
              Cell.of(KnownModels.field(one, InventoryField.OWNER)),
              Cell.of(KnownModels.rating(one)),
              Cell.of(one.state().key()),
              Cell.of(KnownModels.due(one).map(LocalDate::toString).orElse(KnownModels.UNKNOWN))));
    }
    return Answer.of(rows.size(), rows);
  }

  private static Answer by(KnownModels models, Function<ModelStanding, Optional<String>> word) {
    Map<String, Long> counts = new TreeMap<>();
    models.all().forEach(one -> word.apply(one).ifPresent(it -> counts.merge(it, 1L, Long::sum)));
    return CountBy.answer(counts);
  }

  /** The same with the number of those alive for its value. */
  private static Answer alive(Answer counts) {
    long alive = 0;
    for (List<Cell> row : counts.rows()) {
      if (row.getFirst().written().equals(AliveUntil.ALIVE)
          && row.getLast() instanceof Cell.Number number) {
        alive = number.value();
      }
    }
    return Answer.of(alive, counts.rows());
  }

  private static Optional<String> approval(ModelStanding standing, Instant asOf) {
    Optional<ModelApproved> last = standing.lastApproval().map(ModelStanding.Placed::what);
    return last.map(it ->
        standing.approval(it.tuple()).isEmpty()
            ? "ended"
            : standing.outgrows(it) ? "void" : state(it.until(), asOf));
  }

  private static String state(Optional<Instant> until, Instant asOf) {
    return ModelStanding.isAlive(until, asOf) ? AliveUntil.ALIVE : AliveUntil.EXPIRED;
  }

  private static Answer unknown(KnownModels models) {
    Map<String, Long> counts = new TreeMap<>();
    for (ModelStanding one : models.all()) {
      InventoryRecord record = KnownModels.record(one);
      for (InventoryField field : InventoryField.values()) {
        // A rating is given by an act, and models-by-rating shows who has none.
        if (field != InventoryField.RATING && record.text(field).equals(KnownModels.UNKNOWN)) {
          counts.merge(field.key(), 1L, Long::sum);
        }
      }
    }
    return CountBy.answer(counts);
  }

  private static Answer overdue(KnownModels models, Instant asOf) {
    LocalDate today = LocalDate.ofInstant(asOf, ZoneOffset.UTC);
    List<List<Cell>> rows = new ArrayList<>();
    for (ModelStanding one : models.all()) {
      KnownModels.due(one)
          .filter(due -> one.state() != LifecycleState.DECOMMISSION && due.isBefore(today))
          .ifPresent(due -> rows.add(List.of(Cell.of(one.id()), Cell.of(due.toString()))));
    }
    return Answer.of(rows.size(), rows);
  }

  /** Something about where all models stand at the end. */
  private static final class Standings implements Tally {

    private final KnownModels models = new KnownModels();
    private final Set<String> basis;
    private final BiFunction<KnownModels, Instant, Answer> answer;

    /**
     * @param basis kinds of entries that the figure rests on; the others only say what counts
     */
    Standings(Set<String> basis, BiFunction<KnownModels, Instant, Answer> answer) {
      this.basis = basis;
      this.answer = answer;
    }

    @Override
    public boolean take(long index, Entry entry) {
      return models.take(index, entry) && basis.contains(entry.kind());
    }

    @Override
    public Answer answer(Instant asOf) {
      return answer.apply(models, asOf);
    }
  }

  /** Who made the models that decide. */
  private static final class Vendors implements Tally {

    private static final String UNKNOWN_MAKER = KnownModels.UNKNOWN + "\n" + KnownModels.UNKNOWN;

    private final Period period;
    private final Map<String, String> makers = new TreeMap<>();
    private final Map<String, Long> decisions = new TreeMap<>();

    Vendors(Period period) {
      this.period = period;
    }

    @Override
    public boolean take(long index, Entry entry) {
      if (entry.kind().equals(ModelRecorded.KIND)) {
        String developer = entry.value("developer").orElse(KnownModels.UNKNOWN);
        String origin = entry.value("origin").orElse(KnownModels.UNKNOWN);
        entry
            .value("model")
            .ifPresent(model ->
                makers.put(
                    model.split("\\+", 2)[0], developer.replace("\n", "; ") + "\n" + origin));
        return false;
      }
      if (!entry.required("attempt").equals("1")
          || !period.contains(Instant.parse(entry.required("at")))) {
        return false;
      }
      decisions.merge(makers.getOrDefault(entry.required("model"), UNKNOWN_MAKER), 1L, Long::sum);
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      List<List<Cell>> rows = new ArrayList<>();
      for (List<Cell> row : CountBy.rows(decisions)) {
        String[] maker = row.getFirst().written().split("\n", -1);
        rows.add(
            List.of(Cell.of(maker[0]), Cell.of(maker.length > 1 ? maker[1] : ""), row.getLast()));
      }
      return Answer.of(decisions.size(), rows);
    }
  }
}
