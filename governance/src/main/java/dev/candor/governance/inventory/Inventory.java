package dev.candor.governance.inventory;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.register.EntryIndex;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** The models of a device, as the ledger says now; those that were decommissioned too. */
public final class Inventory {

  /** Kinds of the entries that say where a model stands. */
  public static final Set<String> KINDS =
      Set.of(
          ModelRecorded.KIND,
          ModelRated.KIND,
          ModelReviewed.KIND,
          ModelApproved.KIND,
          ModelMoved.KIND,
          ExemptionGranted.KIND);

  private final Governance governance;

  /** The inventory of a device. */
  public Inventory(Governance governance) {
    this.governance = governance;
  }

  /** The ids of all models, in the order in which they came. */
  public List<String> ids() {
    Set<String> ids = new LinkedHashSet<>();
    for (long place : governance.index().places(EntryIndex.key(ModelRecorded.KIND, ""))) {
      governance.ledger().entry(place).value("model-id").ifPresent(ids::add);
    }
    return List.copyOf(ids);
  }

  /** Where a model stands; of one that is not there, nowhere. */
  public ModelStanding standing(String id) {
    ModelStanding standing = new ModelStanding(id);
    entries(id).forEach(place -> standing.apply(place, governance.ledger().entry(place)));
    return standing;
  }

  /** Indices of the entries that say where a model stands, ascending. */
  public List<Long> entries(String id) {
    TreeSet<Long> places = new TreeSet<>();
    KINDS.forEach(kind -> places.addAll(governance.index().places(EntryIndex.key(kind, id))));
    return new ArrayList<>(places);
  }

  /**
   * Where a model stands.
   *
   * @throws GovernanceException {@code governance.model-unknown} if it is not there
   */
  public ModelStanding require(String id) {
    ModelStanding standing = standing(id);
    if (standing.record().isEmpty()) {
      throw LifecycleRules.unknown(id);
    }
    return standing;
  }

  /**
   * The id under which a model was recorded last.
   *
   * @param model the part {@code model} of its digest tuple
   */
  public Optional<String> idOf(String model) {
    OptionalLong place = governance.index().last(EntryIndex.key(ModelRecorded.KIND, model));
    return place.isEmpty()
        ? Optional.empty()
        : governance.ledger().entry(place.getAsLong()).value("model-id");
  }
}
