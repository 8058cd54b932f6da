package dev.candor.governance.loading;

import static dev.candor.governance.loading.GatedDevice.ANTON;
import static dev.candor.governance.loading.GatedDevice.DORA;
import static dev.candor.governance.loading.GatedDevice.ID;
import static dev.candor.governance.loading.GatedDevice.OLGA;
import static dev.candor.governance.loading.GatedDevice.RITA;
import static dev.candor.governance.loading.GatedDevice.USER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.fairness.BiasActs;
import dev.candor.governance.fairness.BiasPlan;
import dev.candor.governance.fairness.BiasRun;
import dev.candor.governance.fairness.BiasSets;
import dev.candor.governance.fairness.LabelScorer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the verdict of a bias test to the loader that asks for it, without any network. */
class BiasGateTest {

  private static final String PLAN =
      """
      version: 1
      name: two groups
      seed: 1
      resamples: 200
      tests:
        - id: rows
          kind: parity
          set: rows.jsonl
          labels: [granted, refused]
          favourable: [granted]
          groups: {g: [a, b]}
          limits: {demographic-parity-difference: 0.10}
      """;

  private @TempDir Path folder;
  private GatedDevice device;

  @BeforeEach
  void open() throws IOException {
    device = new GatedDevice(folder);
    device.govern(List.of(EvidenceKind.BIAS));
    device.loader().mode(OLGA, LoaderMode.ENFORCE);
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      rows.add(
          "{\"id\":%d,\"text\":\"%d %s\",\"groups\":{\"g\":\"%s\"}}"
              .formatted(i, i / 2, i % 2 == 0 ? "a" : "b", i % 2 == 0 ? "a" : "b"));
    }
    Files.write(folder.resolve("rows.jsonl"), rows);
  }

  @AfterEach
  void close() {
    device.close();
  }

  private Verdict run(LabelScorer scorer) {
    BiasPlan plan = BiasPlan.parse(PLAN.getBytes(UTF_8));
    BiasSets sets = BiasSets.of(plan, folder);
    BiasActs acts = new BiasActs(device.governance);
    DigestTuple tuple = device.candidate().tuple(device.governance.policy().digest());
    acts.commit(OLGA, PLAN.getBytes(UTF_8), sets, tuple);
    BiasRun.Result result =
        new BiasRun(plan, sets).run(scorer, (_, _) -> {}, () -> false).orElseThrow();
    acts.record(
        RITA,
        acts.requireCommitment(plan, sets, tuple),
        result,
        ID,
        Optional.empty(),
        Optional.empty());
    return result.verdict();
  }

  /** Grants to every second; or to those of b only every fourth. */
  private static LabelScorer granting(boolean looksAtTheGroup) {
    return (_, texts) ->
        texts.stream()
            .map(text -> {
              int number = Integer.parseInt(text.substring(0, text.indexOf(' ')));
              boolean harder = looksAtTheGroup && text.endsWith("b");
              return number % (harder ? 4 : 2) == 0
                  ? new double[] {0.9, 0.1}
                  : new double[] {0.1, 0.9};
            })
            .toList();
  }

  private void assertLoads() {
    var unused = device.governance.gate().load(USER, device.candidate());
  }

  private void assertRefused(String words) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(this::assertLoads)
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance.load-refused"))
        .withMessageContaining(words);
  }

  private void waive(Principal by, Duration time) {
    device.loader().waive(by, ID, EvidenceKind.BIAS, device.home.now().plus(time), "pilot");
  }

  @Test
  void aBiasedModelIsNotLoadedAndItsFairTwinIs() {
    assertRefused("bias");
    assertThat(run(granting(true))).isEqualTo(Verdict.FAIL);
    assertRefused("bias");
    assertThat(run(granting(false))).isEqualTo(Verdict.PASS);
    assertLoads();
  }

  @Test
  void aFailureCanBeWaivedBySomebodyElseForATime() {
    run(granting(true));
    for (Principal maker : List.of(DORA, OLGA)) {
      assertThatExceptionOfType(GovernanceException.class)
          .isThrownBy(
              () -> waive(Principal.of(maker.name(), List.of(Role.GOVERN)), Duration.ofDays(1)))
          .satisfies(e -> assertThat(e.code()).isEqualTo("governance.four-eyes"));
    }
    assertRefused("bias");
    waive(ANTON, Duration.ofDays(1));
    assertLoads();
    device.home.later(Duration.ofDays(2));
    device.restart();
    assertRefused("bias");
  }
}
