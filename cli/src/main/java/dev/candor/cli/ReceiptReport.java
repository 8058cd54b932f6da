package dev.candor.cli;

import dev.candor.governance.decisions.Decision;
import dev.candor.governance.decisions.Receipt;
import java.util.LinkedHashMap;
import java.util.Map;

/** A receipt in a line, or as members of a JSON object. */
final class ReceiptReport {

  private ReceiptReport() {}

  /** Such as {@code [receipt 0197f0aa…: entries 4 and 5 of the ledger]}. */
  static String line(Decision decision) {
    Receipt receipt = decision.receipt();
    return "[receipt "
        + receipt.decision()
        + ": entries "
        + receipt.startedIndex()
        + " and "
        + receipt.finishedIndex()
        + " of the ledger]";
  }

  static Map<String, Object> members(Decision decision) {
    Receipt receipt = decision.receipt();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("decision", receipt.decision());
    members.put("startedEntry", receipt.startedIndex());
    members.put("finishedEntry", receipt.finishedIndex());
    if (decision.repeated()) {
      members.put("repeated", true);
    }
    return members;
  }
}
