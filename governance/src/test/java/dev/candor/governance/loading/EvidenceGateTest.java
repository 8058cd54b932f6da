package dev.candor.governance.loading;

import static dev.candor.governance.loading.GatedDevice.ANTON;
import static dev.candor.governance.loading.GatedDevice.DORA;
import static dev.candor.governance.loading.GatedDevice.ID;
import static dev.candor.governance.loading.GatedDevice.OLGA;
import static dev.candor.governance.loading.GatedDevice.RITA;
import static dev.candor.governance.loading.GatedDevice.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.decisions.Decision;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.inventory.LifecycleState;
import dev.candor.governance.inventory.ReviewTrigger;
import dev.candor.governance.policy.PolicyActs;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceGateTest {

  private @TempDir Path folder;
  private GatedDevice device;

  @BeforeEach
  void open() throws IOException {
    device = new GatedDevice(folder);
  }

  @AfterEach
  void close() {
    device.close();
  }

  private static void assertRefused(String reason, ThrowingCallable act) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(act)
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance." + reason))
        .satisfies(e -> assertThat(e.remedy()).isNotBlank());
  }

  private void enforce() {
    device.loader().mode(OLGA, LoaderMode.ENFORCE);
  }

  private EvidenceGate.Clearance load() {
    return device.governance.gate().load(USER, device.candidate());
  }

  private List<String> obstacles() {
    try {
      return load().obstacles().stream().map(EvidenceStatus.Obstacle::code).toList();
    } catch (GovernanceException e) {
      assertThat(e.code()).isEqualTo("governance.load-refused");
      return List.of(last(LoadRefused.KIND).required("obstacles").split(" "));
    }
  }

  private Entry last(String kind) {
    return device.home.entries().stream()
        .filter(entry -> entry.kind().equals(kind))
        .reduce((_, later) -> later)
        .orElseThrow();
  }

  private long count(String kind) {
    return device.home.entries().stream().filter(entry -> entry.kind().equals(kind)).count();
  }

  @Test
  void offAsksForNothing() {
    assertThat(load()).isEqualTo(EvidenceGate.Clearance.OFF);
    Decision decision = device.ask();
    assertThat(decision.receipt().started().tuple()).isEmpty();
    assertThat(device.home.kinds()).containsExactly("decision-started", "decision-finished");
  }

  @Test
  void whoMayNotGovernDoesNotSetTheMode() {
    assertRefused("not-permitted", () -> device.loader().mode(DORA, LoaderMode.ENFORCE));
  }

  @Test
  void aModelThatNobodyHasRecordedIsAFindingOnceAndIsRefused() {
    enforce();
    assertRefused("load-refused", this::load);
    assertRefused("load-refused", device::ask);
    assertThat(obstacles())
        .containsExactly(
            "inventory=missing",
            "signature=missing",
            "card=missing",
            "bias=missing",
            "calibration=missing",
            "approval=missing");
    assertThat(count(FindingRaised.KIND)).isEqualTo(1);
    assertThat(count("decision-started")).isZero();
    assertThat(DecisionRefused.of(last(DecisionRefused.KIND)).rule()).isEqualTo("evidence-gate");
  }

  @Test
  void warnSaysWhatIsMissingAndGoesOn() {
    device.loader().mode(OLGA, LoaderMode.WARN);
    assertThat(load().obstacles()).hasSize(6);
    assertThat(device.ask().receipt().started().tuple()).isPresent();
    assertThat(count(FindingRaised.KIND)).isEqualTo(1);
    assertThat(count(LoadRefused.KIND)).isZero();
  }

  @Test
  void withAllThatIsAskedForItDecides() {
    device.govern(List.of());
    enforce();
    EvidenceGate.Clearance clearance = load();
    assertThat(clearance.obstacles()).isEmpty();
    String tuple = device.inventory().tuple(ID).digest();
    assertThat(clearance.tuple()).contains(tuple);
    for (int i = 0; i < 3; i++) {
      assertThat(device.ask().receipt().started().tuple()).contains(tuple);
    }
    assertThat(count(FindingRaised.KIND)).isZero();
  }

  @Test
  void theRefusalNamesEachItemAndTheCommandForIt() {
    device.inventory().add(DORA, device.record());
    device.rateMedium();
    device.evidence(EvidenceKind.SIGNATURE, Verdict.PASS, Optional.empty());
    device.evidence(EvidenceKind.BIAS, Verdict.FAIL, Optional.empty());
    device.evidence(EvidenceKind.CALIBRATION, Verdict.INSUFFICIENT_DATA, Optional.empty());
    enforce();
    assertThat(obstacles())
        .containsExactly(
            "card=missing", "bias=failed", "calibration=insufficient-data", "approval=missing");
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(this::load)
        .withMessageContaining("bias speaks against it")
        .satisfies(e ->
            assertThat(e.remedy())
                .contains("candor bias run mini --plan FILE")
                .contains("candor approve mini"));
  }

  @Test
  void theLastVerdictCounts() {
    device.govern(List.of());
    enforce();
    assertThat(obstacles()).isEmpty();
    device.evidence(EvidenceKind.BIAS, Verdict.FAIL, Optional.empty());
    assertThat(obstacles()).containsExactly("bias=failed");
    assertRefused("load-refused", device::ask);
    device.evidence(EvidenceKind.BIAS, Verdict.PASS, Optional.empty());
    device.ask();
  }

  @Test
  void aDocumentThatWasAlteredSpeaksForNothing() throws IOException {
    device.govern(List.of());
    enforce();
    EvidenceItem card =
        load().status().orElseThrow().items().stream()
            .filter(item -> item.kind() == EvidenceKind.CARD)
            .findFirst()
            .orElseThrow();
    Files.writeString(
        device.home.path().resolve("evidence").resolve(card.document().orElseThrow()), "altered");
    device.restart();
    assertThat(obstacles()).containsExactly("card=document-gone");
  }

  /** One byte of the template: another tuple, and what was found out about the old one is void. */
  @Test
  void oneByteOfTheTemplateVoidsAll() throws IOException {
    device.govern(List.of());
    enforce();
    byte[] bytes = Files.readAllBytes(device.weights);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int template = text.indexOf("tokenizer.chat_template");
    int at = text.indexOf("assistant", template);
    bytes[at] = 'A';
    device.language.close();
    Path other = Files.write(folder.resolve("other.gguf"), bytes);
    device.language = GatedDevice.open(other);
    assertThat(obstacles())
        .containsExactly(
            "signature=void",
            "card=void",
            "bias=void",
            "calibration=void",
            "approval=void",
            "weights=other");
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(this::load)
        .withMessageContaining("bias is void (template has changed)");
    // A review is open now, and it says why.
    assertThat(device.inventory().move(DORA, ID, LifecycleState.DESIGN, List.of(), true, "no"))
        .isNotNull();
    assertThat(
            device.home.entries().stream()
                .filter(entry -> entry.value("triggers").isPresent())
                .map(entry -> entry.required("triggers")))
        .containsExactly("template");
  }

  /** The file says of itself what it was made from: that alone proves nothing. */
  @Test
  void aFlippedWeightIsNoticedThoughTheFileClaimsItsDigest() throws IOException {
    device.govern(List.of());
    enforce();
    byte[] bytes = Files.readAllBytes(device.weights);
    bytes[bytes.length - 1000] ^= 1;
    Path other = Files.write(folder.resolve("other.gguf"), bytes);
    String digest = device.language.digest();
    device.language.close();
    device.language = GatedDevice.open(other);
    assertThat(device.language.digest()).isEqualTo(digest);
    assertThat(obstacles()).containsExactly("weights=other");
    assertRefused("load-refused", device::ask);
  }

  @Test
  void aFileThatIsWrittenToStopsTheNextDecision() throws IOException, InterruptedException {
    device.govern(List.of());
    enforce();
    load();
    device.ask();
    Thread.sleep(20);
    try (FileChannel channel = FileChannel.open(device.weights, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[1]), channel.size() - 1);
    }
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(device::ask)
        .withMessageContaining("written to");
  }

  @Test
  void anotherPolicyVoidsAndOpensAReview() {
    device.govern(List.of());
    enforce();
    load();
    new PolicyActs(device.governance)
        .adopt(
            ANTON,
            """
            version: 1
            name: other
            allow:
              - id: all
                when: 'true'
                reason: it is allowed
            """
                .getBytes(StandardCharsets.UTF_8));
    assertRefused("load-refused", device::ask);
    assertThat(obstacles()).contains("approval=void");
    assertThat(last("model-moved").required("triggers")).isEqualTo("policy");
  }

  @Test
  void anApprovalThatIsWithdrawnStopsTheNextDecision() {
    device.govern(List.of());
    enforce();
    device.ask();
    device
        .inventory()
        .move(
            OLGA,
            ID,
            LifecycleState.REVIEW,
            List.of(ReviewTrigger.PERFORMANCE),
            true,
            "it is wrong too often");
    assertRefused("load-refused", device::ask);
    assertThat(obstacles()).containsExactly("approval=void");
    // A review that leaves it in use does not stop it.
    device.rateMedium();
    device.inventory().review(RITA, ID, true, "mended", Optional.empty());
    device.approve();
    device.ask();
    device
        .inventory()
        .move(
            OLGA, ID, LifecycleState.REVIEW, List.of(ReviewTrigger.SCHEDULE), false, "it is time");
    device.ask();
  }

  @Test
  void itIsUsedWithinWhatItWasApprovedFor() {
    device.govern(List.of());
    device.ask("triage", 8);
    enforce();
    device.ask("assistance", 40);
    assertRefused("outside-approval", () -> device.ask("assistance", 41));
    assertRefused("outside-approval", () -> device.ask("triage", 8));
    assertThat(last(DecisionRefused.KIND).required("reason")).contains("purpose triage");
    assertThat(last(DecisionRefused.KIND).required("rule")).isEqualTo("evidence-gate");
  }

  @Test
  void aWaiverIsSomebodyElsesAndEnds() {
    device.govern(List.of(EvidenceKind.BIAS));
    enforce();
    assertThat(obstacles()).containsExactly("bias=missing");
    for (var maker : List.of(DORA.name(), OLGA.name(), " Olga ")) {
      assertRefused(
          "four-eyes",
          () ->
              device
                  .loader()
                  .waive(
                      Principal.of(maker, List.of(Role.GOVERN)),
                      ID,
                      EvidenceKind.BIAS,
                      device.home.now().plusSeconds(60),
                      "later"));
    }
    assertRefused(
        "waiver",
        () ->
            device
                .loader()
                .waive(
                    ANTON,
                    ID,
                    EvidenceKind.APPROVAL,
                    device.home.now().plusSeconds(60),
                    "no time"));
    device
        .loader()
        .waive(
            ANTON, ID, EvidenceKind.BIAS, device.home.now().plus(Duration.ofDays(7)), "in a week");
    assertThat(obstacles()).isEmpty();
    device.ask();
    device.home.later(Duration.ofDays(8));
    assertRefused("load-refused", device::ask);
    assertThat(obstacles()).containsExactly("bias=missing");
    // A clock that was set back revives nothing, in this process or another.
    device.home.later(Duration.ofDays(-8));
    assertThat(obstacles()).containsExactly("bias=missing");
    device.restart();
    assertThat(obstacles()).containsExactly("bias=missing");
  }

  @Test
  void aWaiverThatWasEndedHoldsNoMore() {
    device.govern(List.of(EvidenceKind.BIAS));
    enforce();
    long waiver =
        device
            .loader()
            .waive(
                ANTON,
                ID,
                EvidenceKind.BIAS,
                device.home.now().plus(Duration.ofDays(7)),
                "in a week");
    device.ask();
    device.loader().endWaiver(ANTON, waiver, "it was run");
    assertRefused("load-refused", device::ask);
    assertRefused("waiver", () -> device.loader().endWaiver(ANTON, waiver + 1, "no"));
  }

  @Test
  void anApprovalEndsWhenItsTimeIsOver() {
    device.govern(List.of());
    enforce();
    device.ask();
    device.home.later(Duration.ofDays(366));
    assertRefused("load-refused", device::ask);
    assertThat(obstacles()).containsExactly("approval=expired");
  }

  /** It was approved by a role, until an end and within limits that were enough for less. */
  @Test
  void anApprovalIsVoidOnceTheModelIsRatedHigher() {
    device.inventory().add(DORA, device.record());
    device.rateNegligible();
    device.evidence(EvidenceKind.CARD, Verdict.PASS, Optional.empty());
    device.review();
    device.approve();
    enforce();
    device.ask();
    device.rateMedium();
    assertRefused("load-refused", device::ask);
    assertThat(obstacles()).contains("approval=void");
    device.rateNegligible();
    device.ask();
  }

  @Test
  void anExemptionThatHasExpiredBlocks() {
    device.inventory().add(DORA, device.record());
    device.rateNegligible();
    enforce();
    assertThat(obstacles()).containsExactly("card=missing", "approval=missing");
    assertRefused(
        "four-eyes",
        () -> device.inventory().exempt(DORA, ID, "a toy", device.home.now().plusSeconds(9)));
    device.inventory().exempt(ANTON, ID, "a toy", device.home.now().plus(Duration.ofDays(30)));
    device.ask();
    device.home.later(Duration.ofDays(31));
    assertRefused("load-refused", device::ask);
    assertThat(obstacles()).containsExactly("card=missing", "approval=expired");
    device.home.later(Duration.ofDays(-31));
    device.restart();
    assertRefused("load-refused", this::load);
  }

  @Test
  void whatHasFailedSpeaksAgainstAnExemptModelToo() {
    device.inventory().add(DORA, device.record());
    device.rateNegligible();
    enforce();
    device.inventory().exempt(ANTON, ID, "a toy", device.home.now().plus(Duration.ofDays(30)));
    device.ask();
    device.evidence(EvidenceKind.BIAS, Verdict.FAIL, Optional.empty());
    assertRefused("load-refused", device::ask);
    assertThat(obstacles()).containsExactly("bias=failed");
    device
        .loader()
        .waive(ANTON, ID, EvidenceKind.BIAS, device.home.now().plus(Duration.ofDays(1)), "why");
    device.ask();
    device.home.later(Duration.ofDays(2));
    assertRefused("load-refused", device::ask);
  }

  @Test
  void aModelThatWasDecommissionedIsNotUsedEvenWhereTheLoaderOnlyWarns() {
    device.govern(List.of());
    device.loader().mode(OLGA, LoaderMode.WARN);
    device.ask();
    device
        .inventory()
        .move(OLGA, ID, LifecycleState.DECOMMISSION, List.of(), true, "there is a better one");
    assertRefused("load-refused", device::ask);
    assertThat(obstacles()).contains("state=decommission");
    assertRefused("model-retired", () -> device.inventory().add(DORA, device.record()));
  }

  @Test
  void anAdapterBesideIsSomethingElse() {
    device.govern(List.of());
    enforce();
    LanguageModel language = device.language;
    assertRefused(
        "load-refused",
        () ->
            device
                .governance
                .gate()
                .load(USER, new LoadCandidate(ID, language, List.of("e".repeat(64)))));
    assertThat(last(LoadRefused.KIND).required("obstacles")).startsWith("inventory=missing");
    assertThat(count("model-moved")).isEqualTo(2);
  }
}
