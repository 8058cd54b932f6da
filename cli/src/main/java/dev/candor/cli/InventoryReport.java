package dev.candor.cli;

import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.InventorySheet;
import dev.candor.governance.inventory.ModelStanding;
import dev.candor.governance.inventory.ReviewTrigger;
import dev.candor.governance.inventory.RiskRating;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where a model stands, for programs and for people. */
final class InventoryReport {

  private InventoryReport() {}

  /** As members of a JSON object. */
  static Map<String, Object> members(ModelStanding standing) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", standing.id());
    members.put("state", standing.state().key());
    members.put("rating", rating(standing));
    members.put("inUse", List.copyOf(standing.deployed().keySet()));
    members.put("triggers", standing.openTriggers().stream().map(ReviewTrigger::key).toList());
    members.put("ratingDue", standing.isRatingDue());
    Map<String, Object> fields = new LinkedHashMap<>();
    for (InventorySheet.Line line : InventorySheet.of(standing)) {
      Map<String, Object> field = new LinkedHashMap<>();
      field.put("text", line.text());
      line.entry().ifPresent(entry -> field.put("entry", entry));
      fields.put(line.field().key(), field);
    }
    members.put("fields", fields);
    standing
        .record()
        .flatMap(it -> it.what().record().build())
        .ifPresent(build -> members.put("build", build.values()));
    return members;
  }

  /** The same of an act. */
  static Map<String, Object> members(InventoryActs.Done done) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("entry", done.index());
    members.putAll(members(done.standing()));
    return members;
  }

  /** One sentence about an act. */
  static String words(InventoryActs.Done done) {
    ModelStanding standing = done.standing();
    return "Entry "
        + done.index()
        + " records it. "
        + standing.id()
        + " is in "
        + standing.state().key()
        + ", rated "
        + rating(standing)
        + (standing.deployed().isEmpty() ? ", not in use." : ", in use.");
  }

  static String rating(ModelStanding standing) {
    return standing.rating().map(RiskRating::key).orElse("UNKNOWN");
  }
}
