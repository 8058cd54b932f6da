package dev.candor.governance.loading;

import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.inventory.LifecycleState;
import dev.candor.governance.inventory.ModelLimits;
import dev.candor.governance.inventory.RiskRating;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the ledger says of a tuple at some time.
 *
 * @param tuple what it is about
 * @param id under which the model is in the inventory, if it is
 * @param rating of the model, if somebody has rated it
 * @param state where the model is in its life, if it is in the inventory
 * @param items all kinds that are asked for or were recorded
 * @param exempt whether an exemption stands in the place of all that is asked for
 * @param limits within which it was approved
 * @param weights SHA-256 of the bytes that may be mapped, if anybody has said
 * @param until when the first of what it rests on ends
 */
public record EvidenceStatus(
    DigestTuple tuple,
    Optional<String> id,
    Optional<RiskRating> rating,
    Optional<LifecycleState> state,
    List<EvidenceItem> items,
    boolean exempt,
    ModelLimits limits,
    Optional<String> weights,
    Optional<Instant> until) {

  public EvidenceStatus {
    items = List.copyOf(items);
  }

  /**
   * What stands in the way of use.
   *
   * @param code for entries, such as {@code bias=void}
   * @param what for people
   * @param command that would help
   */
  public record Obstacle(String code, String what, String command) {}

  /** Whether it was decommissioned. */
  public boolean isRetired() {
    return state.equals(Optional.of(LifecycleState.DECOMMISSION));
  }

  /**
   * All that stands in the way.
   *
   * @param name what the user calls the model
   */
  public List<Obstacle> obstacles(String name) {
    List<Obstacle> obstacles = new ArrayList<>();
    if (id.isEmpty()) {
      obstacles.add(
          new Obstacle(
              "inventory=missing",
              "it is not in the inventory",
              "candor inventory init " + name + ", then candor inventory add FILE"));
    }
    if (isRetired()) {
      obstacles.add(
          new Obstacle("state=decommission", "it was decommissioned", "candor inventory list"));
    }
    for (EvidenceItem item : items) {
      // What speaks against a model does so whether it is asked for or not.
      boolean counts = item.required() && !exempt || item.state() == EvidenceState.FAILED;
      if (counts && !item.state().isEnough()) {
        obstacles.add(
            new Obstacle(
                item.kind().key() + "=" + item.state().key(),
                words(item),
                command(item).replace("MODEL", id.orElse(name))));
      }
    }
    return obstacles;
  }

  private static String command(EvidenceItem item) {
    return item.state() == EvidenceState.NOT_DEPLOYED
        ? "candor inventory move MODEL deployment"
        : item.kind().command();
  }

  private static String words(EvidenceItem item) {
    String what =
        switch (item.state()) {
          case MISSING -> "there is no " + item.kind().words();
          case VOID -> item.kind().key() + " is void";
          case EXPIRED -> item.kind().key() + " has ended";
          case FAILED -> item.kind().key() + " speaks against it";
          case INSUFFICIENT_DATA -> item.kind().key() + " rests on too few data";
          case DOCUMENT_GONE -> "the document of " + item.kind().key() + " is gone or was altered";
          case NOT_DEPLOYED -> "it is approved and not deployed";
          case ALIVE, WAIVED -> item.kind().key() + " is there";
        };
    return item.why().isEmpty() ? what : what + " (" + item.why() + ")";
  }
}
