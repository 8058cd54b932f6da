package dev.candor.governance.decisions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.governance.access.Role;
import dev.candor.governance.consent.ConsentGrant;
import dev.candor.governance.consent.ConsentWithdrawal;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.explanation.ExplanationIssued;
import dev.candor.governance.explanation.Status;
import dev.candor.governance.fairness.ThresholdsCommitted;
import dev.candor.governance.inventory.ExemptionGranted;
import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventoryRecord;
import dev.candor.governance.inventory.LifecycleState;
import dev.candor.governance.inventory.ModelApproved;
import dev.candor.governance.inventory.ModelBuild;
import dev.candor.governance.inventory.ModelLimits;
import dev.candor.governance.inventory.ModelMoved;
import dev.candor.governance.inventory.ModelRated;
import dev.candor.governance.inventory.ModelRecorded;
import dev.candor.governance.inventory.ModelReviewed;
import dev.candor.governance.inventory.Rating;
import dev.candor.governance.inventory.ReviewTrigger;
import dev.candor.governance.inventory.RiskRating;
import dev.candor.governance.loading.FindingRaised;
import dev.candor.governance.loading.LoadRefused;
import dev.candor.governance.loading.LoaderMode;
import dev.candor.governance.loading.LoaderModeSet;
import dev.candor.governance.loading.WaiverEnded;
import dev.candor.governance.loading.WaiverGranted;
import dev.candor.governance.reports.ReportIssued;
import dev.candor.ledger.entries.ApiKeyCreated;
import dev.candor.ledger.entries.ApiKeyRevoked;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionOverridden;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.DecisionStarted;
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
import dev.candor.ledger.keys.KeyRotation.LogVkeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The page of decision records says what is written: every kind, every value, every member. */
class DecisionRecordsPageTest {

  private static final String ID = "0197f0aa".repeat(4);
  private static final String DIGEST = "ab".repeat(32);
  private static final Commitment COMMITMENT = new Commitment(DIGEST);
  private static final ModelBuild BUILD =
      new ModelBuild(DIGEST, DIGEST, "F32", DIGEST, "none", "a", "b", "1", "c");
  private static final Optional<String> NONE = Optional.empty();
  private static final Optional<String> SOME = Optional.of(DIGEST);

  private static String page() throws IOException {
    return Files.readString(Path.of("..", "docs", "reference", "decision-records.md"));
  }

  /** Of each kind entries with all that is optional, and without. */
  private static List<Entry> entries() {
    ConsentGrant grant =
        new ConsentGrant(
            "c-1", DIGEST, List.of("triage"), "a", "b", "c", Optional.of(Instant.EPOCH), "d");
    KeyRotation rotation =
        new KeyRotation(
            new LogVkeys("a", "b"), new LogVkeys("c", "d"), new byte[64], new byte[2420]);
    Map<String, String> byAnna = new LinkedHashMap<>(rotation.entry().values());
    byAnna.put("by", "anna");
    return List.of(
        started(SOME, OptionalLong.of(1)),
        started(NONE, OptionalLong.empty()),
        finished(SOME, Optional.of(COMMITMENT)),
        finished(NONE, Optional.empty()),
        new DecisionRefused(ID, "a", "b", SOME, DIGEST, "c", "d").entry(),
        new DecisionRefused(ID, "a", "b", NONE, DIGEST, "c", "d").entry(),
        new StopOrdered(Optional.of(ID), "a", COMMITMENT).entry(),
        new StopOrdered(NONE, "a", COMMITMENT).entry(),
        new DecisionOverridden(ID, "a", COMMITMENT, COMMITMENT).entry(),
        new ExplanationIssued(ID, Status.FAITHFUL, "occlusion", COMMITMENT, "a", "b").entry(),
        new ReplayChecked(0, 1, 2, 3, 4, 5, List.of(ID, ID), "a", "b").entry(),
        new ReplayChecked(0, 1, 2, 3, 0, 5, List.of(), "a", "b").entry(),
        new SubjectErasureBegun(DIGEST, 2, "a", "b").entry(),
        new SubjectErased(DIGEST, 2, "a", "b").entry(),
        new OrphansErased(2, "a", "b").entry(),
        grant.entry(),
        new ConsentGrant("c-1", DIGEST, List.of("triage"), "a", "b", "c", Optional.empty(), "d")
            .entry(),
        ConsentWithdrawal.ofConsent(DIGEST, "c-1", "a").entry(),
        ConsentWithdrawal.ofPurposes(DIGEST, List.of("triage"), "a").entry(),
        new PolicyAdopted(DIGEST, "a", "b").entry(),
        new ReportIssued(Instant.EPOCH, Instant.MAX, 1, DIGEST, DIGEST, DIGEST, SOME, "a").entry(),
        new ReportIssued(Instant.EPOCH, Instant.MAX, 1, DIGEST, DIGEST, DIGEST, NONE, "a").entry(),
        recorded(Optional.of(BUILD), 17),
        recorded(Optional.empty(), 6),
        rated(Optional.of(RiskRating.LOW), List.of("provenance=unknown")),
        rated(Optional.empty(), List.of()),
        new ModelReviewed("m", DIGEST, true, "a", SOME, "b").entry(),
        new ModelReviewed("m", DIGEST, false, "a", NONE, "b").entry(),
        approved(
            new ModelLimits(
                List.of("triage"), List.of("choose"), OptionalLong.of(1), OptionalLong.of(2)),
            SOME,
            Optional.of(RiskRating.LOW)),
        approved(ModelLimits.NONE, NONE, Optional.empty()),
        moved(SOME, List.of(ReviewTrigger.USE)),
        moved(NONE, List.of()),
        new ExemptionGranted("m", "a", Instant.EPOCH, Role.GOVERN, "b").entry(),
        evidence(Optional.of(Instant.EPOCH), OptionalLong.of(1)),
        evidence(Optional.empty(), OptionalLong.empty()),
        new ThresholdsCommitted(DIGEST, DIGEST, DIGEST, "a", DIGEST, "b").entry(),
        new WaiverGranted("m", DIGEST, EvidenceKind.BIAS, "a", Instant.EPOCH, "b").entry(),
        new WaiverEnded(1, "m", DIGEST, "a", "b").entry(),
        new LoaderModeSet(LoaderMode.WARN, "a").entry(),
        new LoadRefused("a", SOME, DIGEST, DIGEST, "b", "c").entry(),
        new LoadRefused("a", NONE, DIGEST, DIGEST, "b", "c").entry(),
        new FindingRaised(FindingRaised.NOT_IN_INVENTORY, "a", DIGEST, "b", "c").entry(),
        rotation.entry(),
        new Entry(KeyRotation.KIND, byAnna),
        new PayloadKeyRotated("0123456789abcdef", "a").entry(),
        new KeyVaultLockSet(30, "a").entry(),
        new KeyVaultRenewed("a", Optional.of("2026-12-30T00:00:00Z")).entry(),
        new KeyVaultRenewed("a", NONE).entry(),
        new ApiKeyCreated(
                "0123456789abcdef", DIGEST, "a", "invoke", Optional.of("2026-12-30T00:00:00Z"), "b")
            .entry(),
        new ApiKeyCreated("0123456789abcdef", DIGEST, "a", "invoke,audit", NONE, "b").entry(),
        new ApiKeyRevoked("0123456789abcdef", "a").entry(),
        new KeysDestroyed("a").entry());
  }

  private static Entry recorded(Optional<ModelBuild> build, int count) {
    Map<InventoryField, String> fields = new EnumMap<>(InventoryField.class);
    for (InventoryField field : List.of(InventoryField.values()).subList(0, count)) {
      fields.put(field, field.isList() || field == InventoryField.NAME ? "a" : "none");
    }
    fields.put(InventoryField.ID, "m");
    fields.put(InventoryField.RATING, "negligible");
    fields.put(InventoryField.ORIGIN, "vendor");
    return new ModelRecorded(new InventoryRecord(fields, build), "a").entry();
  }

  private static Entry rated(Optional<RiskRating> residual, List<String> floors) {
    return new ModelRated(
            "m",
            new Rating(RiskRating.HIGH, 1, 2, Map.of("size", "low"), floors),
            DIGEST,
            residual,
            residual.map(RiskRating::key),
            "a")
        .entry();
  }

  private static Entry approved(
      ModelLimits limits, Optional<String> conditions, Optional<RiskRating> residual) {
    return new ModelApproved(
            "m",
            DIGEST,
            DIGEST,
            RiskRating.HIGH,
            residual,
            Role.GOVERN,
            limits,
            conditions,
            conditions.map(_ -> Instant.EPOCH),
            "a")
        .entry();
  }

  private static Entry moved(Optional<String> tuple, List<ReviewTrigger> triggers) {
    return new ModelMoved(
            "m", LifecycleState.DESIGN, LifecycleState.REVIEW, tuple, triggers, false, "a", "b")
        .entry();
  }

  private static Entry evidence(Optional<Instant> until, OptionalLong plan) {
    return new EvidenceRecorded(
            DIGEST, DIGEST, EvidenceKind.CARD, Verdict.PASS, DIGEST, until, plan, "a")
        .entry();
  }

  private static Entry started(Optional<String> some, OptionalLong consent) {
    return new DecisionStarted(
            ID,
            1,
            some,
            "a",
            "b",
            some,
            consent,
            DIGEST,
            "c",
            "generate",
            "d",
            DIGEST,
            some,
            some,
            some,
            "e",
            "f",
            "g",
            "F16",
            2048,
            43,
            COMMITMENT)
        .entry();
  }

  private static Entry finished(Optional<String> failure, Optional<Commitment> output) {
    return new DecisionFinished(ID, 0, "end", failure, 1, 2, 3, 4, output).entry();
  }

  /**
   * Values of a kind on the page.
   *
   * @param names in their order
   * @param optional those that may be missing
   */
  private record Described(List<String> names, Set<String> optional) {}

  private static Map<String, Described> kinds() throws IOException {
    Map<String, Described> kinds = new LinkedHashMap<>();
    Matcher section =
        Pattern.compile("(?ms)^### `([a-z-]+)`\n(.*?)(?=^##)").matcher(page() + "\n## end");
    while (section.find()) {
      Described described = new Described(new ArrayList<>(), new TreeSet<>());
      Matcher row =
          Pattern.compile("(?m)^\\| `([a-z0-9-]+)` \\| [\\w ]+ \\| ?(optional)?")
              .matcher(section.group(2));
      while (row.find()) {
        described.names().add(row.group(1));
        if (row.group(2) != null) {
          described.optional().add(row.group(1));
        }
      }
      kinds.put(section.group(1), described);
    }
    return kinds;
  }

  @Test
  void everyKindHasItsValuesInTheirOrder() throws IOException {
    Map<String, Described> kinds = kinds();
    Map<String, Set<String>> everThere = new LinkedHashMap<>();
    Map<String, Set<String>> missing = new LinkedHashMap<>();
    for (Entry entry : entries()) {
      assertThat(kinds).containsKey(entry.kind());
      List<String> names = Objects.requireNonNull(kinds.get(entry.kind())).names();
      assertThat(entry.values().keySet())
          .as(entry.kind())
          .containsExactlyElementsOf(names.stream().filter(entry.values()::containsKey).toList());
      everThere.computeIfAbsent(entry.kind(), _ -> new TreeSet<>()).addAll(entry.values().keySet());
      names.stream()
          .filter(name -> !entry.values().containsKey(name))
          .forEach(name -> missing.computeIfAbsent(entry.kind(), _ -> new TreeSet<>()).add(name));
    }
    kinds.forEach((kind, described) -> {
      assertThat(everThere.get(kind))
          .as(kind)
          .containsExactlyInAnyOrderElementsOf(described.names());
      assertThat(missing.getOrDefault(kind, Set.of())).as(kind).isEqualTo(described.optional());
    });
  }

  /** A kind that somebody adds to the sources needs its place on the page. */
  @Test
  void thePageHasTheKindsOfTheSources() throws IOException {
    Set<String> kinds = new TreeSet<>();
    for (String room : List.of("ledger", "governance")) {
      try (Stream<Path> files = Files.walk(Path.of("..", room, "src", "main", "java"))) {
        for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
          Matcher kind =
              Pattern.compile("String KIND = \"([a-z-]+)\"").matcher(Files.readString(file));
          while (kind.find()) {
            kinds.add(kind.group(1));
          }
        }
      }
    }
    assertThat(kinds().keySet()).containsExactlyInAnyOrderElementsOf(kinds);
  }

  @Test
  void itsExamplesAreWhatIsWritten() throws IOException {
    List<String> examples = new ArrayList<>();
    Matcher block = Pattern.compile("(?ms)^```json\n(.*?)^```$").matcher(page());
    while (block.find()) {
      examples.add(JsonMapper.shared().readTree(block.group(1)).toString());
    }
    SessionOptions session = SessionOptions.ofContext(2048);
    SamplingOptions sampling =
        new SamplingOptions(0.7f, 40, 0.9f, 0, 1, 0, 0, Map.of(12, -2.5f), 42);
    DecisionTask generate =
        new DecisionTask.Generate(
            TokenIds.of(765, 32, 57, 49, 767),
            session,
            new GenerationRequest(sampling, 64, List.of("\n\n"), false, -1)
                .within(Constraint.choice(List.of("yes", "no")).after("</think>")),
            Optional.of(new Thinking(128, "</think>")));
    DecisionTask choose =
        new DecisionTask.Choose(
            TokenIds.of(765, 325, 32, 290, 767, 766),
            session,
            List.of("outage", "question", "other"),
            Optional.empty());
    DecisionOutput output =
        new DecisionOutput(
            "chosen",
            "outage",
            TokenIds.of(),
            0,
            List.of(0.9566809041619457, 8.929065785096904E-4, 0.04242618925954443),
            Optional.of("5a8c39e2aed6ac37af2ae872458e5b0b4af3e81ded9d6f092f789d6f94bcc8da"),
            1,
            99,
            Optional.empty());
    assertThat(examples)
        .containsExactly(
            text(new RecordedInput("Is 91 a prime number?", generate).bytes()),
            text(new RecordedInput("The cash machine does not work.", choose).bytes()),
            text(RecordedOutput.bytes(output)));
  }

  @Test
  void itsCommitmentOpens() throws IOException {
    byte[] salt = new byte[Commitment.SALT_BYTES];
    for (int i = 0; i < salt.length; i++) {
      salt[i] = (byte) i;
    }
    byte[] bytes = "one bottle is broken".getBytes(StandardCharsets.US_ASCII);
    assertThat(page()).contains("\n    " + Commitment.to(salt, bytes).hex() + "\n");
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
