package dev.candor.governance.figures;

import dev.candor.governance.consent.ConsentGrant;
import dev.candor.governance.consent.ConsentWithdrawal;
import dev.candor.ledger.entries.ApiKeyCreated;
import dev.candor.ledger.entries.ApiKeyRevoked;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionOverridden;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.KeyVaultLockSet;
import dev.candor.ledger.entries.KeyVaultRenewed;
import dev.candor.ledger.entries.KeysDestroyed;
import dev.candor.ledger.entries.OrphansErased;
import dev.candor.ledger.entries.PayloadKeyRotated;
import dev.candor.ledger.entries.PolicyAdopted;
import dev.candor.ledger.entries.ReplayChecked;
import dev.candor.ledger.entries.StopOrdered;
import dev.candor.ledger.entries.SubjectErased;
import dev.candor.ledger.entries.SubjectErasureBegun;
import dev.candor.ledger.keys.KeyRotation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Queries over what people do: stop, override, consent, erase, replay, and mind the keys. */
final class OversightQueries {

  private OversightQueries() {}

  static List<EvidenceQuery> all() {
    return List.of(
        counted(
            "overrides",
            "Decisions in whose place a person put something else",
            "overrides",
            "person",
            "Entries decision-overridden, by who did it.",
            Set.of(DecisionOverridden.KIND),
            entry -> entry.required("by")),
        counted(
            "stops",
            "Orders to stop",
            "orders",
            "what",
            "Entries stop-ordered: one, if they name a decision; otherwise all.",
            Set.of(StopOrdered.KIND),
            entry -> entry.value("decision").isPresent() ? "one decision" : "all decisions"),
        new EvidenceQuery(
            "time-to-stop",
            "Time from an order to the end of the decision",
            "microseconds",
            "For each entry decision-finished whose outcome is stopped: its clock less that of the"
                + " last earlier entry stop-ordered that names its decision or none, if both have the"
                + " same boot; in whole microseconds. Nearest ranks at 50, 95 and 100 hundredths. The"
                + " value is that at 100.",
            EvidenceWindow.PERIOD,
            Set.of(StopOrdered.KIND, DecisionFinished.KIND),
            List.of("what", "microseconds"),
            _ -> new TimeToStop()),
        counted(
            "consents",
            "Consents given and withdrawn",
            "entries",
            "what",
            "Entries consent-given and consent-withdrawn.",
            Set.of(ConsentGrant.KIND, ConsentWithdrawal.KIND),
            entry -> entry.kind().equals(ConsentGrant.KIND) ? "given" : "withdrawn"),
        new EvidenceQuery(
            "erasures",
            "Erasures",
            "erasures",
            "Entries subject-erased, and the sum of their payloads; entries orphans-erased, and the"
                + " sum of theirs; entries subject-erasure-begun with no later entry subject-erased of"
                + " their subject in the period. The value is the number of entries subject-erased.",
            EvidenceWindow.PERIOD,
            Set.of(SubjectErased.KIND, SubjectErasureBegun.KIND, OrphansErased.KIND),
            List.of("what", "number"),
            _ -> new Erasures()),
        new EvidenceQuery(
            "replays",
            "Decisions computed again",
            "decisions",
            "The sums of checked, equal, different and impossible of entries replay-checked. The"
                + " value is that of checked.",
            EvidenceWindow.PERIOD,
            Set.of(ReplayChecked.KIND),
            List.of("result", "decisions"),
            _ -> new Replays()),
        new EvidenceQuery(
            "policies",
            "Policies adopted",
            "policies",
            "Entries policy-adopted, each with its index, name, the first 12 digits of policy, and"
                + " who adopted it.",
            EvidenceWindow.PERIOD,
            Set.of(PolicyAdopted.KIND),
            List.of("entry", "name", "digest", "by"),
            _ -> new Policies()),
        counted(
            "key-acts",
            "What was done about keys",
            "acts",
            "act",
            "Entries api-key-created, api-key-revoked, key-rotated, payload-key-rotated,"
                + " key-vault-lock-set, key-vault-renewed and keys-destroyed, by their kind.",
            Set.of(
                ApiKeyCreated.KIND,
                ApiKeyRevoked.KIND,
                KeyRotation.KIND,
                PayloadKeyRotated.KIND,
                KeyVaultLockSet.KIND,
                KeyVaultRenewed.KIND,
                KeysDestroyed.KIND),
            Entry::kind));
  }

  private static EvidenceQuery counted(
      String name,
      String title,
      String unit,
      String column,
      String definition,
      Set<String> kinds,
      Function<Entry, String> word) {
    return new EvidenceQuery(
        name,
        title,
        unit,
        definition,
        EvidenceWindow.PERIOD,
        kinds,
        List.of(column, unit),
        _ -> new CountBy(entry -> Optional.of(word.apply(entry))));
  }

  private static List<Cell> row(String what, long number) {
    return List.of(Cell.of(what), Cell.of(number));
  }

  /** How long decisions went on that were to stop. */
  private static final class TimeToStop implements Tally {

    private static final int NANOS_OF_A_MICRO = 1_000;

    private record Order(long index, Entry entry) {}

    private final Map<String, Order> orders = new TreeMap<>();
    private Optional<Order> orderToAll = Optional.empty();
    private final Quantiles times = new Quantiles();

    @Override
    public boolean take(long index, Entry entry) {
      if (entry.kind().equals(StopOrdered.KIND)) {
        Order order = new Order(index, entry);
        StopOrdered.of(entry)
            .decision()
            .ifPresentOrElse(id -> orders.put(id, order), () -> orderToAll = Optional.of(order));
        return true;
      }
      if (!entry.required("outcome").equals("stopped")) {
        return false;
      }
      Optional<Order> order = last(entry.required("decision"));
      OptionalLong time =
          order.isEmpty() ? OptionalLong.empty() : between(order.get().entry(), entry);
      time.ifPresent(times::add);
      return time.isPresent();
    }

    private Optional<Order> last(String decision) {
      Optional<Order> own = Optional.ofNullable(orders.get(decision));
      return orderToAll
          .filter(all -> own.isEmpty() || own.get().index() < all.index())
          .or(() -> own);
    }

    private static OptionalLong between(Entry order, Entry end) {
      if (!order.required("boot").equals(end.required("boot"))) {
        return OptionalLong.empty();
      }
      long nanos = Long.parseLong(end.required("clock")) - Long.parseLong(order.required("clock"));
      return nanos < 0 ? OptionalLong.empty() : OptionalLong.of(nanos / NANOS_OF_A_MICRO);
    }

    @Override
    public Answer answer(Instant asOf) {
      return times.count() == 0
          ? Answer.unknown("no decision was stopped by an order in the period")
          : Answer.of(times.at(100), times.rows("from order to end"));
    }
  }

  /** What was erased. */
  private static final class Erasures implements Tally {

    private final Map<String, Boolean> begun = new TreeMap<>();
    private long erased;
    private long payloads;
    private long orphans;
    private long orphanPayloads;

    @Override
    public boolean take(long index, Entry entry) {
      switch (entry.kind()) {
        case SubjectErasureBegun.KIND -> begun.put(entry.required("subject"), true);
        case SubjectErased.KIND -> {
          SubjectErased done = SubjectErased.of(entry);
          begun.remove(done.subject());
          erased++;
          payloads += done.payloads();
        }
        default -> {
          orphans++;
          orphanPayloads += OrphansErased.of(entry).payloads();
        }
      }
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      return Answer.of(
          erased,
          List.of(
              row("erasures done", erased),
              row("payloads erased", payloads),
              row("begun and not done", begun.size()),
              row("erasures of orphans", orphans),
              row("orphans erased", orphanPayloads)));
    }
  }

  /** What came out when decisions were computed again. */
  private static final class Replays implements Tally {

    private long checked;
    private long equal;
    private long different;
    private long impossible;

    @Override
    public boolean take(long index, Entry entry) {
      ReplayChecked one = ReplayChecked.of(entry);
      checked += one.checked();
      equal += one.equal();
      different += one.different();
      impossible += one.impossible();
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      return Answer.of(
          checked,
          List.of(row("equal", equal), row("different", different), row("impossible", impossible)));
    }
  }

  /** Which policies were put into force. */
  private static final class Policies implements Tally {

    private final List<List<Cell>> rows = new ArrayList<>();

    @Override
    public boolean take(long index, Entry entry) {
      PolicyAdopted adopted = PolicyAdopted.of(entry);
      rows.add(
          List.of(
              Cell.of(index),
              Cell.of(adopted.name()),
              Cell.of(DecisionQueries.beginning(adopted.policy())),
              Cell.of(adopted.by())));
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      return Answer.of(rows.size(), rows);
    }
  }
}
