package dev.candor.governance.figures;

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
import java.util.function.Function;

/** Queries over the inventory of models: what there is, how it is rated, and what is due. */
final class InventoryQueries {

  private static final String DECOMMISSION = "decommission";

  private static final Set<String> ABOUT_MODELS =
      Set.of(KnownModels.RECORDED, KnownModels.RATED, KnownModels.REVIEWED, KnownModels.MOVED);

  private static final String LATEST =
      "Of each model-id the last entry model-recorded; its rating is that of the last entry"
          + " model-rated, or what the record says; its state is the to of the last entry model-moved,"
          + " or approval or design after an entry model-reviewed whose outcome is accepted or not,"
          + " whichever is later, and design before both.";

  private InventoryQueries() {}

  static List<EvidenceQuery> all() {
    return List.of(
        new EvidenceQuery(
            "models",
            "Models of the inventory",
            "models",
            LATEST + " A row for each.",
            EvidenceWindow.UNTIL_ITS_END,
            ABOUT_MODELS,
            List.of(
                "model",
                "version",
                "origin",
                "developer",
                "owner",
                "rating",
                "state",
                "next review"),
            _ -> new Inventory(InventoryQueries::table)),
        new EvidenceQuery(
            "models-by-rating",
            "Models by risk rating",
            "models",
            LATEST + " By rating.",
            EvidenceWindow.UNTIL_ITS_END,
            ABOUT_MODELS,
            List.of("rating", "models"),
            _ -> new Inventory(models -> by(models, KnownModels.Known::rating))),
        new EvidenceQuery(
            "models-by-state",
            "Models by where they are in their life",
            "models",
            LATEST + " By state.",
            EvidenceWindow.UNTIL_ITS_END,
            ABOUT_MODELS,
            List.of("state", "models"),
            _ -> new Inventory(models -> by(models, KnownModels.Known::state))),
        new EvidenceQuery(
            "unknown-fields",
            "Fields of the inventory that nobody knows",
            "fields",
            "Of each model-id the last entry model-recorded: its values that are UNKNOWN, by their"
                + " names.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of(KnownModels.RECORDED),
            List.of("field", "models"),
            _ -> new Inventory(InventoryQueries::unknown)),
        counted(
            "ratings",
            "Ratings given",
            "ratings",
            "rating",
            "Entries model-rated, by rating.",
            KnownModels.RATED,
            entry -> entry.required("rating")),
        counted(
            "reviews",
            "Reviews made",
            "reviews",
            "outcome",
            "Entries model-reviewed, by outcome.",
            KnownModels.REVIEWED,
            entry -> entry.required("outcome")),
        new EvidenceQuery(
            "reviews-overdue",
            "Reviews that are overdue",
            "models",
            LATEST
                + " Those not in the state decommission whose next-review is a day before the end of"
                + " the period, or before the moment of the report if that is earlier, and of which no"
                + " entry model-reviewed with the outcome accepted is of that day or later.",
            EvidenceWindow.UNTIL_ITS_END,
            ABOUT_MODELS,
            List.of("model", "was due"),
            _ -> new Overdue()),
        new EvidenceQuery(
            "approvals",
            "Approvals",
            "approvals",
            "Of entries model-approved the last of each model-id and tuple: expired if until is not"
                + " after the end of the period, or the moment of the report if that is earlier,"
                + " otherwise alive. The value is the number of those alive.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of("model-approved"),
            List.of("state", "approvals"),
            _ ->
                new AliveUntil(
                    entry -> entry.required("model-id") + " " + entry.required("tuple"))),
        new EvidenceQuery(
            "exemptions",
            "Exemptions from review and approval",
            "exemptions",
            "Of entries exemption-granted the last of each model-id: expired if until is not after the"
                + " end of the period, or the moment of the report if that is earlier, otherwise alive."
                + " The value is the number of those alive.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of("exemption-granted"),
            List.of("state", "exemptions"),
            _ -> new AliveUntil(entry -> entry.required("model-id"))),
        new EvidenceQuery(
            "vendors",
            "Decisions by who made the model",
            "developers",
            "Entries decision-started of attempt 1 in the period, by developer and origin of the last"
                + " earlier entry model-recorded whose model begins with their model; UNKNOWN if there"
                + " is none. The value is the number of rows.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of(KnownModels.RECORDED, DecisionStarted.KIND),
            List.of("developer", "origin", "decisions"),
            Vendors::new));
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

  private static Answer table(KnownModels models) {
    List<List<Cell>> rows = new ArrayList<>();
    for (KnownModels.Known known : models.all()) {
      rows.add(
          List.of(
              Cell.of(known.id()),
              Cell.of(known.field("version")),
              Cell.of(known.field("origin")),
              Cell.of(known.field("developer")),
              Cell.of(known.field("owner")),
              Cell.of(known.rating()),
              Cell.of(known.state()),
              Cell.of(known.field("next-review"))));
    }
    return Answer.of(rows.size(), rows);
  }

  private static Answer by(KnownModels models, Function<KnownModels.Known, String> word) {
    Map<String, Long> counts = new TreeMap<>();
    models.all().forEach(known -> counts.merge(word.apply(known), 1L, Long::sum));
    return CountBy.answer(counts);
  }

  private static Answer unknown(KnownModels models) {
    Map<String, Long> counts = new TreeMap<>();
    for (KnownModels.Known known : models.all()) {
      known
          .values()
          .forEach((name, value) -> {
            if (value.equals(KnownModels.UNKNOWN)) {
              counts.merge(name, 1L, Long::sum);
            }
          });
    }
    return CountBy.answer(counts);
  }

  /** Something about all models at the end. */
  private static final class Inventory implements Tally {

    private final KnownModels models = new KnownModels();
    private final Function<KnownModels, Answer> answer;

    Inventory(Function<KnownModels, Answer> answer) {
      this.answer = answer;
    }

    @Override
    public boolean take(long index, Entry entry) {
      return models.take(entry);
    }

    @Override
    public Answer answer(Instant asOf) {
      return answer.apply(models);
    }
  }

  /** Which models are due for review. */
  private static final class Overdue implements Tally {

    private final KnownModels models = new KnownModels();

    @Override
    public boolean take(long index, Entry entry) {
      return models.take(entry);
    }

    @Override
    public Answer answer(Instant asOf) {
      LocalDate today = LocalDate.ofInstant(asOf, ZoneOffset.UTC);
      List<List<Cell>> rows = new ArrayList<>();
      for (KnownModels.Known known : models.all()) {
        String due = known.field("next-review");
        // What is no day is UNKNOWN or none: the table of models shows it.
        if (due.matches("\\d{4}-\\d{2}-\\d{2}")
            && !known.state().equals(DECOMMISSION)
            && LocalDate.parse(due).isBefore(today)
            && known.reviewed().filter(at -> at.compareTo(due) >= 0).isEmpty()) {
          rows.add(List.of(Cell.of(known.id()), Cell.of(due)));
        }
      }
      return Answer.of(rows.size(), rows);
    }
  }

  /** Who made the models that decide. */
  private static final class Vendors implements Tally {

    private record Maker(String developer, String origin) {}

    private final Period period;
    private final Map<String, Maker> makers = new TreeMap<>();
    private final Map<String, Long> decisions = new TreeMap<>();

    Vendors(Period period) {
      this.period = period;
    }

    @Override
    public boolean take(long index, Entry entry) {
      if (entry.kind().equals(KnownModels.RECORDED)) {
        KnownModels.Known known = new KnownModels.Known(entry);
        Maker maker = new Maker(known.field("developer"), known.field("origin"));
        entry.value("model").ifPresent(model -> makers.put(model.split("\\+", 2)[0], maker));
        return false;
      }
      if (!entry.required("attempt").equals("1")
          || !period.contains(Instant.parse(entry.required("at")))) {
        return false;
      }
      Maker maker =
          makers.getOrDefault(
              entry.required("model"), new Maker(KnownModels.UNKNOWN, KnownModels.UNKNOWN));
      decisions.merge(maker.developer() + "\n" + maker.origin(), 1L, Long::sum);
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      List<List<Cell>> rows = new ArrayList<>();
      for (List<Cell> row : CountBy.rows(decisions)) {
        String[] key = row.getFirst().written().split("\n", -1);
        rows.add(List.of(Cell.of(key[0]), Cell.of(key.length > 1 ? key[1] : ""), row.getLast()));
      }
      return Answer.of(decisions.size(), rows);
    }
  }
}
