package dev.candor.server.console;

import dev.candor.governance.Governance;
import dev.candor.governance.decisions.DecisionRecords;
import dev.candor.governance.decisions.Oversight;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Decisions of the ledger, the newest first. */
final class DecisionList {

  private static final int PAGE = 40;

  /** So many entries are looked at for a page; the next page goes on behind them. */
  private static final int MOST_LOOKED_AT = 20_000;

  private final Governance governance;

  DecisionList(Governance governance) {
    this.governance = governance;
  }

  /**
   * Which ones.
   *
   * @param principal who asked, just so
   * @param text that the purpose, the model's name or the id has in it, or the asker's name
   * @param outcome why it ended; {@code running} and {@code refused} too
   */
  record Filter(Optional<String> principal, Optional<String> text, Optional<String> outcome) {

    boolean mayTake(String asker, String... texts) {
      if (principal.isPresent() && !principal.get().equals(asker)) {
        return false;
      }
      if (text.isEmpty()) {
        return true;
      }
      String wanted = text.get().toLowerCase(Locale.ROOT);
      for (String each : texts) {
        if (each.toLowerCase(Locale.ROOT).contains(wanted)) {
          return true;
        }
      }
      return asker.toLowerCase(Locale.ROOT).contains(wanted);
    }

    boolean takes(DecisionRow row) {
      return outcome.isEmpty() || outcome.get().equals(row.outcome());
    }
  }

  /**
   * A page of the list.
   *
   * @param older where the next page goes on, if there may be more
   */
  record Page(List<DecisionRow> rows, OptionalLong older) {}

  /** The newest before an entry. */
  Page before(long entry, Filter filter) {
    governance.ledger().refresh();
    long place = Math.min(entry, governance.ledger().size());
    List<DecisionRow> rows = new ArrayList<>();
    int looked = 0;
    while (place > 0 && rows.size() < PAGE && looked < MOST_LOOKED_AT) {
      place--;
      looked++;
      row(place, governance.ledger().entry(place), filter).ifPresent(rows::add);
    }
    return new Page(rows, place > 0 ? OptionalLong.of(place) : OptionalLong.empty());
  }

  private Optional<DecisionRow> row(long place, Entry entry, Filter filter) {
    return switch (entry.kind()) {
      case DecisionStarted.KIND -> started(place, entry, filter);
      case DecisionRefused.KIND -> refused(place, entry, filter);
      default -> Optional.empty();
    };
  }

  private Optional<DecisionRow> started(long place, Entry entry, Filter filter) {
    DecisionStarted started = DecisionStarted.of(entry);
    if (!filter.mayTake(
        started.principal(), started.purpose(), started.modelName(), started.decision())) {
      return Optional.empty();
    }
    DecisionRecords.Story story = governance.records().story(started.decision());
    if (story.startedIndex() != place) {
      // An earlier attempt at a decision that was begun again.
      return Optional.empty();
    }
    int overrides = new Oversight(governance).overrides(started.decision()).size();
    DecisionRow row =
        new DecisionRow(
            started.decision(),
            place,
            Shown.time(entry.required("at")),
            started.principal(),
            started.purpose(),
            started.subject().isPresent(),
            started.modelName(),
            story.finished().map(DecisionFinished::outcome).orElse("running"),
            overrides > 0 ? "overridden" : "");
    return Optional.of(row).filter(filter::takes);
  }

  private static Optional<DecisionRow> refused(long place, Entry entry, Filter filter) {
    DecisionRefused refused = DecisionRefused.of(entry);
    if (!filter.mayTake(refused.principal(), refused.purpose(), refused.decision())) {
      return Optional.empty();
    }
    DecisionRow row =
        new DecisionRow(
            refused.decision(),
            place,
            Shown.time(entry.required("at")),
            refused.principal(),
            refused.purpose(),
            refused.subject().isPresent(),
            "",
            "refused",
            "rule " + refused.rule());
    return Optional.of(row).filter(filter::takes);
  }
}
