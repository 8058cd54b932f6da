package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.inventory.Inventory;
import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventoryRecord;
import dev.candor.governance.provenance.documents.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the inventory of models says of one, for its card. */
final class InventoryStatements {

  /** Fields, and the question that each of them answers. */
  private static final Map<InventoryField, String> QUESTIONS =
      Map.of(
          InventoryField.DEVELOPER, "developed-by",
          InventoryField.OWNER, "contact",
          InventoryField.VERSION, "version",
          InventoryField.DEPENDENCIES, "dependencies",
          InventoryField.DATA_SOURCES, "data-lineage",
          InventoryField.APPROVED_USES, "primary-uses",
          InventoryField.LIMITATIONS, "technical-limitations",
          InventoryField.MONITORING, "monitoring-criteria");

  private InventoryStatements() {}

  /**
   * Puts it where it belongs in a card; nothing if there is no inventory or the model not in it.
   */
  static void tell(String digest, Map<String, Answer> answers) {
    if (!GovernedHome.hasLedger()) {
      return;
    }
    try (Governance governance = GovernedHome.view()) {
      Inventory inventory = new Inventory(governance);
      Optional<InventoryRecord> record =
          inventory
              .idOf(digest)
              .flatMap(id -> inventory.standing(id).record())
              .map(placed -> placed.what().record());
      record.ifPresent(it -> tell(it, answers));
    }
  }

  private static void tell(InventoryRecord record, Map<String, Answer> answers) {
    QUESTIONS.forEach((field, question) -> {
      List<String> lines = record.lines(field);
      if (!lines.isEmpty()) {
        answers.put(question, new Answer(lines, Answer.Source.INVENTORY));
      }
    });
    List<String> people = new ArrayList<>();
    record.lines(InventoryField.REVIEWER).forEach(who -> people.add("reviewed by " + who));
    record.lines(InventoryField.APPROVER).forEach(who -> people.add("approved by " + who));
    if (!people.isEmpty()) {
      answers.put("expert-judgement", new Answer(people, Answer.Source.INVENTORY));
    }
  }
}
