package dev.candor.governance.loading;

import static dev.candor.governance.loading.GatedDevice.ANTON;
import static dev.candor.governance.loading.GatedDevice.DORA;
import static dev.candor.governance.loading.GatedDevice.ID;
import static dev.candor.governance.loading.GatedDevice.OLGA;
import static dev.candor.governance.loading.GatedDevice.RITA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventoryRecord;
import dev.candor.governance.inventory.LifecycleState;
import dev.candor.governance.inventory.ModelLimits;
import dev.candor.governance.inventory.ReviewTrigger;
import dev.candor.ledger.entries.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ratings, approvals and exemptions on a device. */
class ApprovalTest {

  private static final Principal OTTO = Principal.of("otto", List.of(Role.OPERATE));

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

  private Entry last(String kind) {
    return device.home.entries().stream()
        .filter(entry -> entry.kind().equals(kind))
        .reduce((_, later) -> later)
        .orElseThrow();
  }

  /** High risk takes the role govern; purposes are named; nobody has two parts. */
  @Test
  void approvalsAreByOthersAndHighEnough() {
    device.inventory().add(DORA, device.record());
    device.rateMedium();
    device.review();
    assertRefused(
        "four-eyes",
        () ->
            device
                .inventory()
                .approve(OLGA, ID, GatedDevice.LIMITS, Optional.empty(), Optional.empty()));
    assertRefused(
        "four-eyes",
        () ->
            device
                .inventory()
                .approve(RITA, ID, GatedDevice.LIMITS, Optional.empty(), Optional.empty()));
    assertRefused(
        "approver-level",
        () ->
            device
                .inventory()
                .approve(OTTO, ID, GatedDevice.LIMITS, Optional.empty(), Optional.empty()));
    assertRefused(
        "approval-limits",
        () ->
            device
                .inventory()
                .approve(ANTON, ID, ModelLimits.NONE, Optional.empty(), Optional.empty()));
    assertRefused(
        "not-approved",
        () -> device.inventory().move(DORA, ID, LifecycleState.DEPLOYMENT, List.of(), false, "go"));
    device.approve();
  }

  /** An approval is of what the model was rated and used for when it was given. */
  @Test
  void anApprovalFromBeforeAReviewPutsNothingToUse() {
    device.inventory().add(DORA, device.record());
    device.rateNegligible();
    device.review();
    device.inventory().approve(OTTO, ID, ModelLimits.NONE, Optional.empty(), Optional.empty());
    deploy();
    device
        .inventory()
        .move(DORA, ID, LifecycleState.REVIEW, List.of(ReviewTrigger.USE), false, "other use");
    device.rateMedium();
    device.inventory().review(OTTO, ID, true, "fit for it", Optional.empty());
    assertRefused("not-approved", this::deploy);
    device.inventory().approve(ANTON, ID, GatedDevice.LIMITS, Optional.empty(), Optional.empty());
    deploy();
  }

  private void deploy() {
    device.inventory().move(DORA, ID, LifecycleState.DEPLOYMENT, List.of(), false, "go");
  }

  @Test
  void aRecordWithUnknownSourcesIsRatedAsIfNobodyKnewWhereItComesFrom() {
    Map<InventoryField, String> fields = new EnumMap<>(device.record().fields());
    fields.put(InventoryField.DATA_SOURCES, InventoryField.UNKNOWN);
    fields.put(InventoryField.ORIGIN, "vendor");
    device.inventory().add(DORA, new InventoryRecord(fields, device.record().build()));
    device.rateNegligible();
    assertThat(last("model-rated").required("rating")).isEqualTo("medium");
    assertThat(last("model-rated").required("floors")).isEqualTo("provenance=unknown");
  }

  @Test
  void whatIsNotNegligibleIsNotExempted() {
    device.inventory().add(DORA, device.record());
    device.rateMedium();
    assertRefused(
        "not-exempt",
        () -> device.inventory().exempt(ANTON, ID, "a toy", device.home.now().plusSeconds(9)));
  }
}
