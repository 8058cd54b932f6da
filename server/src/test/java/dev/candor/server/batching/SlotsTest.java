package dev.candor.server.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.server.HttpProblem;
import dev.candor.server.batching.Slots.Ticket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SlotsTest {

  private static boolean isGranted(Ticket ticket) {
    return ticket.await(() -> false);
  }

  @Test
  void aPlaceGoesToWhoHasTheFewest() {
    Slots slots = new Slots(2, 100);
    List<Ticket> greedy = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      greedy.add(slots.enter("greedy"));
    }
    Ticket modest = slots.enter("modest");
    assertThat(isGranted(greedy.get(0))).isTrue();
    assertThat(isGranted(greedy.get(1))).isTrue();
    assertThat(isGranted(greedy.get(2))).isFalse();
    assertThat(isGranted(modest)).isFalse();
    greedy.get(0).close();
    assertThat(isGranted(modest)).isTrue();
    assertThat(isGranted(greedy.get(2))).isFalse();
    greedy.get(1).close();
    assertThat(isGranted(greedy.get(2))).isTrue();
    assertThat(slots.taken()).isEqualTo(2);
    assertThat(slots.waiting()).isEqualTo(7);
  }

  @Test
  void whoFillsTheQueueMakesRoomForAnother() {
    Slots slots = new Slots(1, 4);
    List<Ticket> greedy = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      greedy.add(slots.enter("greedy"));
    }
    assertThatThrownBy(() -> slots.enter("greedy")).isInstanceOf(HttpProblem.class);
    Ticket first = slots.enter("modest");
    Ticket second = slots.enter("modest");
    assertThat(slots.waiting()).isEqualTo(4);
    for (Ticket newest : greedy.subList(3, 5)) {
      assertThatThrownBy(() -> newest.await(() -> true))
          .isInstanceOfSatisfying(HttpProblem.class, e -> assertThat(e.status()).isEqualTo(429));
      newest.close();
    }
    // Now both have as many.
    assertThatThrownBy(() -> slots.enter("modest")).isInstanceOf(HttpProblem.class);
    greedy.get(0).close();
    assertThat(isGranted(greedy.get(1))).isTrue();
    greedy.get(1).close();
    assertThat(isGranted(first)).isFalse();
    greedy.get(2).close();
    assertThat(isGranted(first)).isTrue();
    first.close();
    assertThat(isGranted(second)).isTrue();
  }

  @Test
  void aModelWithoutRoomKeepsNoOtherWaiting() {
    Slots slots =
        new Slots(
            3,
            1,
            model -> model.startsWith("big") ? new Slots.Group("big", 1) : new Slots.Group("s", 3));
    Ticket big = slots.enter("a", "big", Optional.empty());
    Ticket beside = slots.enter("b", "big:adapter", Optional.empty());
    assertThat(isGranted(big)).isTrue();
    assertThat(isGranted(beside)).isFalse();
    // The queue is full, and yet there is a place.
    Ticket small = slots.enter("c", "small", Optional.empty());
    assertThat(isGranted(small)).isTrue();
    assertThatThrownBy(() -> slots.enter("b", "big", Optional.empty()))
        .isInstanceOf(HttpProblem.class);
    big.close();
    assertThat(isGranted(beside)).isTrue();
  }

  @Test
  void whoWouldNotWaitSoLongIsToldAtOnce() throws InterruptedException {
    Slots slots = new Slots(1, 100);
    Optional<Duration> hasty = Optional.of(Duration.ofMillis(20));
    // Nothing is measured yet, and there is a place.
    Ticket first = slots.enter("a", "m", hasty);
    Ticket unmeasured = slots.enter("a", "m", hasty);
    unmeasured.close();
    Thread.sleep(60);
    first.close();
    Ticket runs = slots.enter("a", "m", hasty);
    assertThat(isGranted(runs)).isTrue();
    assertThatThrownBy(() -> slots.enter("b", "m", hasty))
        .isInstanceOfSatisfying(
            HttpProblem.class,
            e -> {
              assertThat(e.status()).isEqualTo(429);
              assertThat(e.code()).isEqualTo("queue_too_slow");
              assertThat(e.headers()).containsKey("Retry-After");
            });
    assertThat(slots.waiting()).isZero();
    Ticket patient = slots.enter("b", "m", Optional.of(Duration.ofHours(1)));
    assertThat(isGranted(patient)).isFalse();
    runs.close();
    assertThat(isGranted(patient)).isTrue();
  }

  /** Somebody who would not stay takes nobody's place in a full queue. */
  @Test
  void whoWouldNotWaitTurnsNobodyAway() throws InterruptedException {
    Slots slots = new Slots(1, 2);
    Ticket measured = slots.enter("a");
    Thread.sleep(60);
    measured.close();
    Ticket runs = slots.enter("a");
    Ticket second = slots.enter("a");
    Ticket third = slots.enter("a");
    assertThatThrownBy(() -> slots.enter("b", "", Optional.of(Duration.ZERO)))
        .isInstanceOf(HttpProblem.class);
    assertThat(slots.waiting()).isEqualTo(2);
    runs.close();
    assertThat(isGranted(second)).isTrue();
    second.close();
    assertThat(isGranted(third)).isTrue();
  }

  @Test
  void whoLeavesTheQueueLeavesItToOthers() {
    Slots slots = new Slots(1, 2);
    Ticket first = slots.enter("a");
    Ticket second = slots.enter("b");
    Ticket third = slots.enter("c");
    assertThatThrownBy(() -> slots.enter("d"))
        .isInstanceOfSatisfying(
            HttpProblem.class,
            e -> {
              assertThat(e.status()).isEqualTo(429);
              assertThat(e.headers()).containsKey("Retry-After");
            });
    second.close();
    second.close();
    first.close();
    assertThat(isGranted(third)).isTrue();
    third.close();
    assertThat(slots.taken()).isZero();
    assertThat(slots.waiting()).isZero();
  }
}
