package dev.candor.conformance.console;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.evidence.EvidenceActs;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventoryRecord;
import dev.candor.governance.inventory.LifecycleState;
import dev.candor.governance.inventory.ModelLimits;
import dev.candor.governance.inventory.RatingMethod;
import dev.candor.governance.loading.LoadCandidate;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Brings the embedded model into the inventory, with evidence of every sort to be shown. */
final class GovernedModel {

  private static final Principal DORA = Principal.of("dora", List.of(Role.OPERATE));
  private static final Principal OLGA = Principal.of("olga", List.of(Role.GOVERN));
  private static final Principal RITA = Principal.of("rita", List.of(Role.OPERATE));
  private static final Principal ANTON = Principal.of("anton", List.of(Role.GOVERN));

  private static final String CARD =
      """
      # candor-mini

      Answers sums and sorts short messages. <script>alert(1)</script>
      """;

  private static final String BIAS =
      """
      {"predicate": {"verdict": "fail", "tests": [
        {"id": "triage-names", "kind": "name-swap", "verdict": "fail",
         "groups": [
           {"view": "origin", "group": "Nordic <b>names</b>", "rows": 240, "measure": "flip-rate",
            "share": 0.021, "lower": 0.008, "upper": 0.047},
           {"view": "origin", "group": "Turkish names", "rows": 240, "measure": "flip-rate",
            "share": 0.071, "lower": 0.043, "upper": 0.111},
           {"view": "origin", "group": "Polish names", "rows": 240, "measure": "flip-rate",
            "share": 0.033, "lower": 0.015, "upper": 0.063}],
         "findings": [
           {"view": "origin", "metric": "flip-rate", "between": "Turkish names and the rest",
            "estimate": 0.071, "lower": 0.043, "upper": 0.111, "fewestRows": 240,
            "judgements": [{"limit": "at-most", "value": 0.05, "verdict": "fail", "reason": "above"}]}]}]}}
      """;

  private static final String CALIBRATION =
      """
      [{"name": "labels", "statistic": "calibration.reliability", "values": [
        {"lower": 0.0, "upper": 0.2, "rows": 40, "mean-probability": 0.12, "share-right": 0.10},
        {"lower": 0.2, "upper": 0.4, "rows": 85, "mean-probability": 0.31, "share-right": 0.36},
        {"lower": 0.4, "upper": 0.6, "rows": 120, "mean-probability": 0.52, "share-right": 0.48},
        {"lower": 0.6, "upper": 0.8, "rows": 210, "mean-probability": 0.71, "share-right": 0.63},
        {"lower": 0.8, "upper": 1.0, "rows": 0, "mean-probability": {"undefined": "no rows"},
         "share-right": {"undefined": "no rows"}}]}]
      """;

  private GovernedModel() {}

  /** Records, rates, reviews, approves and deploys it. */
  static void record(Governance governance) {
    InventoryActs acts = new InventoryActs(governance);
    String id = bringToReview(governance);
    acts.review(RITA, id, true, "it does what it should", Optional.empty());
    acts.approve(
        ANTON,
        id,
        new ModelLimits(
            List.of("assistance"), List.of(), OptionalLong.empty(), OptionalLong.of(400)),
        Optional.of("answers are looked at by a person"),
        Optional.empty());
    acts.move(DORA, id, LifecycleState.DEPLOYMENT, List.of(), false, "it was approved");
  }

  /** Records and rates it, and lets others look at it: dora has developed it, olga owns it. */
  static String bringToReview(Governance governance) {
    try (LanguageModel language = ConsoleHome.language()) {
      InventoryActs acts = new InventoryActs(governance);
      var candidate = new LoadCandidate(ConsoleHome.MODEL, language, List.of());
      var added =
          acts.add(
              DORA,
              new InventoryRecord(fields(), Optional.of(candidate.build(governance.runtime()))));
      Map<String, String> answers = new LinkedHashMap<>();
      RatingMethod.standard().criteria().forEach(it -> answers.put(it.id(), "low"));
      answers.put("regulatory-risk", "high");
      String id = added.standing().id();
      acts.rate(DORA, id, answers, Optional.empty(), Optional.empty());
      evidence(governance, EvidenceKind.CARD, Verdict.PASS, CARD);
      evidence(governance, EvidenceKind.BIAS, Verdict.FAIL, BIAS);
      evidence(governance, EvidenceKind.CALIBRATION, Verdict.PASS, CALIBRATION);
      acts.move(DORA, id, LifecycleState.REVIEW, List.of(), false, "it is ready");
      return id;
    }
  }

  private static Map<InventoryField, String> fields() {
    Map<InventoryField, String> fields = new EnumMap<>(InventoryField.class);
    for (InventoryField field : InventoryField.values()) {
      fields.put(field, InventoryField.UNKNOWN);
    }
    fields.put(InventoryField.ID, ConsoleHome.MODEL);
    fields.put(InventoryField.NAME, "Answers sums and sorts messages");
    fields.put(InventoryField.OWNER, OLGA.name());
    fields.put(InventoryField.DEVELOPER, DORA.name());
    fields.put(InventoryField.ORIGIN, "internal");
    fields.put(InventoryField.DATA_SOURCES, "lessons, drawn by grammars");
    fields.put(InventoryField.LIMITATIONS, "knows no facts\nreads English alone");
    return fields;
  }

  private static void evidence(
      Governance governance, EvidenceKind kind, Verdict verdict, String document) {
    var unused =
        new EvidenceActs(governance)
            .record(
                RITA,
                new InventoryActs(governance).tuple(ConsoleHome.MODEL),
                kind,
                verdict,
                document.getBytes(StandardCharsets.UTF_8),
                Optional.empty(),
                OptionalLong.empty());
  }
}
