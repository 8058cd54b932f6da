package dev.candor.ledger.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The power goes at every moment, in every way; and no force can be left out. */
class CrashTest {

  private static final int ALL = 10_000_000;

  /** Every image there is, of the commit of one entry. */
  @Test
  void nothingAcknowledgedIsLostInAnyImage() {
    CrashScenario scenario = CrashScenarios.SMALL.run(ALL, "");
    System.out.println("Power cuts, all images: " + scenario.summary());
    assertThat(scenario.loss()).isEmpty();
    assertThat(scenario.sampled()).isFalse();
  }

  /** A sample of the images, where there are more than can be looked at. */
  @ParameterizedTest
  @EnumSource
  void nothingAcknowledgedIsLost(CrashScenarios kind) {
    CrashScenario scenario = kind.run(200, "");
    System.out.println("Power cuts, " + kind + ": " + scenario.summary());
    assertThat(scenario.loss()).isEmpty();
  }

  static Set<String> forces() {
    Set<String> forces = new TreeSet<>();
    for (CrashScenarios kind : CrashScenarios.values()) {
      forces.addAll(kind.run(0, "").disk.forces);
    }
    return forces;
  }

  /** The test of the test above: each force is left out in turn, and something is lost. */
  @ParameterizedTest
  @MethodSource("forces")
  void eachForceIsNeeded(String force) {
    Optional<String> loss =
        Arrays.stream(CrashScenarios.values())
            .filter(kind -> kind.run(0, "").disk.forces.contains(force))
            .flatMap(kind -> kind.run(300, force).loss().stream())
            .findFirst();
    System.out.println("Without the force at " + force + ": " + loss.orElse("nothing is lost"));
    assertThat(loss).as("what is lost without the force at " + force).isPresent();
  }
}
