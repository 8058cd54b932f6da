package dev.candor.governance.reports;

import dev.candor.governance.Governance;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.inventory.Inventory;
import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventoryRecord;
import dev.candor.governance.inventory.ModelBuild;
import dev.candor.governance.inventory.ModelRecorded;
import dev.candor.governance.inventory.ModelStanding;
import dev.candor.governance.inventory.RiskRating;
import dev.candor.governance.loading.FindingRaised;
import dev.candor.governance.loading.LoadRefused;
import dev.candor.governance.loading.WaiverGranted;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the ledger knows of a model, for an assessment of who made it. */
public final class VendorFacts {

  private static final String TEMPLATE = "vendor-risk-assessment";

  private static final List<InventoryField> FIELDS =
      List.of(
          InventoryField.NAME,
          InventoryField.VERSION,
          InventoryField.DEVELOPER,
          InventoryField.ORIGIN,
          InventoryField.OWNER,
          InventoryField.DEPENDENCIES,
          InventoryField.APPROVED_USES,
          InventoryField.LIMITATIONS,
          InventoryField.MONITORING,
          InventoryField.DATA_SOURCES,
          InventoryField.NEXT_REVIEW);

  private final ModelStanding standing;
  private final InventoryRecord record;
  private final String model;
  private final Map<String, String> developers = new HashMap<>();
  private final Map<EvidenceKind, String> evidence = new EnumMap<>(EvidenceKind.class);
  private final List<String> findings = new ArrayList<>();
  private final List<String> waivers = new ArrayList<>();
  private long decisions;
  private long ofTheSame;
  private long ofAll;

  private VendorFacts(ModelStanding standing) {
    this.standing = standing;
    this.record = standing.record().orElseThrow().what().record();
    this.model = record.build().map(ModelBuild::model).orElse("").split("\\+", 2)[0];
  }

  /** The names of all facts. */
  static List<String> names() {
    return Stream.concat(
            Stream.concat(
                FIELDS.stream().map(InventoryField::key),
                Arrays.stream(EvidenceKind.values())
                    .filter(kind -> kind != EvidenceKind.APPROVAL)
                    .map(kind -> "evidence-" + kind.key())),
            Stream.of(
                "digest",
                "architecture",
                "rating",
                "residual",
                "state",
                "findings",
                "waivers",
                "decisions",
                "share"))
        .toList();
  }

  /**
   * The assessment of a model's vendor, filled with what the ledger knows.
   *
   * @param id of the model in the inventory
   * @param home where the template may be
   * @throws dev.candor.governance.GovernanceException {@code governance.model-unknown}
   */
  public static FilledDocument document(Governance governance, Path home, String id) {
    DocumentTemplate template = DocumentTemplate.ofHome(home, TEMPLATE, names());
    VendorFacts facts = new VendorFacts(new Inventory(governance).require(id));
    long size = governance.ledger().size();
    governance.ledger().forEach(0, size, facts::take);
    return new FilledDocument(template, id, facts.all(), governance.clock().instant(), size);
  }

  private void take(long index, Entry entry) {
    switch (entry.kind()) {
      case ModelRecorded.KIND ->
          entry
              .value("model")
              .ifPresent(
                  it -> developers.put(it.split("\\+", 2)[0], entry.value("developer").orElse("")));
      case DecisionStarted.KIND -> decided(entry);
      case EvidenceRecorded.KIND -> {
        EvidenceRecorded recorded = EvidenceRecorded.of(entry);
        if (isThis(recorded.model())) {
          evidence.put(
              recorded.kind(),
              recorded.verdict().key()
                  + recorded.until().map(until -> ", until " + until).orElse("")
                  + ": document sha256:"
                  + recorded.document()
                  + ", entry "
                  + index);
        }
      }
      case FindingRaised.KIND -> {
        if (isThis(entry.required("model"))) {
          findings.add(entry.required("finding") + ", entry " + index);
        }
      }
      case LoadRefused.KIND -> {
        if (isThis(entry.required("model"))) {
          findings.add("not loaded: " + entry.required("obstacles") + ", entry " + index);
        }
      }
      case WaiverGranted.KIND -> {
        if (entry.required("model-id").equals(standing.id())) {
          WaiverGranted waiver = WaiverGranted.of(entry);
          waivers.add(
              waiver.kind().key()
                  + ", by "
                  + waiver.by()
                  + " until "
                  + waiver.until()
                  + ": "
                  + waiver.reason()
                  + ", entry "
                  + index);
        }
      }
      default -> {}
    }
  }

  private void decided(Entry entry) {
    if (!entry.required("attempt").equals("1")) {
      return;
    }
    ofAll++;
    String by = entry.required("model");
    if (isThis(by)) {
      decisions++;
    }
    if (record.text(InventoryField.DEVELOPER).equals(developers.get(by))) {
      ofTheSame++;
    }
  }

  private boolean isThis(String other) {
    return !model.isEmpty() && other.split("\\+", 2)[0].equals(model);
  }

  private Map<String, List<String>> all() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (InventoryField field : FIELDS) {
      all.put(field.key(), record.lines(field));
    }
    record
        .build()
        .ifPresent(build -> {
          all.put("digest", List.of("sha256:" + build.model()));
          all.put(
              "architecture",
              List.of(
                  build.architecture()
                      + ", "
                      + build.parameters()
                      + " parameters, "
                      + build.quantisation()));
        });
    all.put("rating", standing.rating().map(RiskRating::key).map(List::of).orElse(List.of()));
    all.put("residual", residual());
    all.put("state", List.of(standing.state().key()));
    evidence.forEach((kind, words) -> all.put("evidence-" + kind.key(), List.of(words)));
    all.put("findings", findings.isEmpty() ? List.of("none on record") : findings);
    all.put("waivers", waivers.isEmpty() ? List.of("none on record") : waivers);
    if (!model.isEmpty()) {
      all.put("decisions", List.of(Amounts.of(decisions, "decision", "decisions")));
      all.put(
          "share",
          List.of(
              Amounts.number(ofTheSame)
                  + " of "
                  + Amounts.of(ofAll, "decision", "decisions")
                  + ", "
                  + Amounts.share(ofTheSame, ofAll)));
    }
    return all;
  }

  private List<String> residual() {
    Optional<String> left =
        standing
            .rated()
            .flatMap(it ->
                it.what()
                    .residual()
                    .map(residual ->
                        residual.key() + it.what().mitigants().map(why -> ": " + why).orElse("")));
    return left.map(List::of).orElse(List.of());
  }
}
