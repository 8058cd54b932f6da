package dev.candor.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.server.batching.RunMeter;
import dev.candor.server.batching.Slots;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LiveFiguresTest {

  private Instant now = Instant.parse("2026-11-30T12:00:00Z");
  private final Slots slots = new Slots(1, 4);
  private final LiveFigures live = new LiveFigures(slots, () -> now);

  private Slots.Ticket enter(String principal) {
    return slots.enter(principal, "", Optional.empty());
  }

  private void ended(long firstTokenMillis) {
    live.ended(
        new RunMeter.Ran(
            Duration.ZERO,
            Optional.of(Duration.ofMillis(firstTokenMillis)),
            Duration.ofSeconds(1),
            3,
            false));
  }

  @Test
  void latenciesAreRanksOfTheLastMinute() {
    assertThat(live.now().firstTokenMedianMillis()).isEqualTo(-1);
    for (int millis = 100; millis >= 1; millis--) {
      ended(millis);
    }
    live.sample();
    assertThat(live.now().firstTokenMedianMillis()).isEqualTo(50);
    assertThat(live.now().firstTokenP99Millis()).isEqualTo(99);
    now = now.plusSeconds(61);
    ended(7);
    live.sample();
    assertThat(live.now().firstTokenP99Millis()).isEqualTo(7);
    assertThat(live.totals()).isEqualTo(new LiveFigures.Totals(101, 0, 0));
  }

  @Test
  void tokensCountOnce() {
    live.sample();
    for (int i = 0; i < 10; i++) {
      live.told();
    }
    live.sample();
    assertThat(live.now().tokensPerSecond()).isPositive();
    live.sample();
    assertThat(live.now().tokensPerSecond()).isZero();
    assertThat(live.totals().tokens()).isEqualTo(10);
  }

  @Test
  void whoComputesAndWhoWaitsIsSeen() {
    try (Slots.Ticket first = enter("a");
        Slots.Ticket second = enter("b")) {
      assertThat(first.await(() -> true)).isTrue();
      assertThat(second.await(() -> false)).isFalse();
      live.sample();
      assertThat(live.now().computing()).isEqualTo(1);
      assertThat(live.now().waiting()).isEqualTo(1);
      assertThat(live.now().heapBytes()).isPositive();
    }
  }

  @Test
  void noMoreThanTenMinutesAreKept() {
    for (int i = 0; i < 400; i++) {
      now = now.plus(LiveFigures.STEP);
      live.sample();
    }
    assertThat(live.samples()).hasSize(300);
    assertThat(live.samples().getLast().seconds()).isEqualTo(now.getEpochSecond());
  }
}
