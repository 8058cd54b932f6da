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

  private static Ticket enter(Slots slots, String principal) {
    return slots.enter(principal, "", Optional.empty());
  }

  private static List<Ticket> enter(Slots slots, String principal, int count) {
    return slots.enter(principal, "", Optional.empty(), count);
  }

  @Test
  void aPlaceGoesToWhoHasTheFewest() {
    Slots slots = new Slots(2, 100);
    List<Ticket> greedy = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      greedy.add(enter(slots, "greedy"));
    }
    Ticket modest = enter(slots, "modest");
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
      greedy.add(enter(slots, "greedy"));
    }
    assertThatThrownBy(() -> enter(slots, "greedy")).isInstanceOf(HttpProblem.class);
    Ticket first = enter(slots, "modest");
    Ticket second = enter(slots, "modest");
    assertThat(slots.waiting()).isEqualTo(4);
    for (Ticket newest : greedy.subList(3, 5)) {
      assertThatThrownBy(() -> newest.await(() -> true))
          .isInstanceOfSatisfying(HttpProblem.class, e -> assertThat(e.status()).isEqualTo(429));
      newest.close();
    }
    // Now both have as many.
    assertThatThrownBy(() -> enter(slots, "modest")).isInstanceOf(HttpProblem.class);
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
    Ticket measured = enter(slots, "a");
    Thread.sleep(60);
    measured.close();
    Ticket runs = enter(slots, "a");
    Ticket second = enter(slots, "a");
    Ticket third = enter(slots, "a");
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
    Ticket first = enter(slots, "a");
    Ticket second = enter(slots, "b");
    Ticket third = enter(slots, "c");
    assertThatThrownBy(() -> enter(slots, "d"))
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

  /** Of two requests that do not both fit the first goes on, and the second leaves nothing. */
  @Test
  void aRequestTakesAllItsPlacesOrNone() {
    Slots slots = new Slots(1, 4);
    Ticket runs = enter(slots, "a");
    List<Ticket> first = enter(slots, "a", 3);
    assertThatThrownBy(() -> enter(slots, "b", 3)).isInstanceOf(HttpProblem.class);
    assertThat(slots.waiting()).isEqualTo(3);
    Ticket last = enter(slots, "b");
    runs.close();
    // Nobody has a place, so it goes by who came first.
    for (Ticket each : first) {
      assertThat(slots.taken()).isEqualTo(1);
      assertThat(isGranted(each)).isTrue();
      each.close();
    }
    assertThat(isGranted(last)).isTrue();
  }

  /** Who needs two places and would get one of them turns nobody away for it. */
  @Test
  void aRequestThatDoesNotFitTurnsNobodyAway() {
    Slots slots = new Slots(1, 2);
    Ticket runs = enter(slots, "a");
    Ticket second = enter(slots, "a");
    Ticket third = enter(slots, "a");
    assertThatThrownBy(() -> enter(slots, "b", 2)).isInstanceOf(HttpProblem.class);
    assertThat(slots.waiting()).isEqualTo(2);
    runs.close();
    second.close();
    assertThat(isGranted(third)).isTrue();
  }

  /** A request of which a part is turned away is not answered: none of it stays. */
  @Test
  void aRequestIsTurnedAwayAsAWhole() {
    Slots slots = new Slots(1, 4);
    Ticket runs = enter(slots, "a");
    Ticket older = enter(slots, "a");
    List<Ticket> newest = enter(slots, "a", 3);
    Ticket modest = enter(slots, "b");
    for (Ticket each : newest) {
      assertThatThrownBy(() -> each.await(() -> true)).isInstanceOf(HttpProblem.class);
      each.close();
    }
    assertThat(slots.waiting()).isEqualTo(2);
    runs.close();
    older.close();
    assertThat(isGranted(modest)).isTrue();
  }

  /**
   * The next part of what was turned away is too; that of what computed waits, also beyond the
   * most.
   */
  @Test
  void whatWasTurnedAwayDoesNotQueueAgain() {
    Slots slots = new Slots(1, 2);
    Ticket runs = enter(slots, "a");
    Ticket first = enter(slots, "a");
    Ticket second = enter(slots, "a");
    enter(slots, "b");
    assertThatThrownBy(() -> second.await(() -> true)).isInstanceOf(HttpProblem.class);
    second.close();
    Ticket next = slots.enterAgain(second);
    assertThat(slots.waiting()).isEqualTo(2);
    assertThatThrownBy(() -> next.await(() -> true)).isInstanceOf(HttpProblem.class);
    next.close();
    runs.close();
    assertThat(isGranted(first)).isTrue();
    Ticket after = slots.enterAgain(runs);
    assertThat(slots.waiting()).isEqualTo(2);
    first.close();
    assertThat(isGranted(after)).isFalse();
  }

  @Test
  void whatNeverFitsIsNotAskedFor() {
    assertThat(new Slots(2, 8).mostAtOnce("m")).isEqualTo(8);
    assertThat(new Slots(4, 0).mostAtOnce("m")).isEqualTo(4);
    assertThat(new Slots(4, 0, model -> new Slots.Group(model, 1)).mostAtOnce("m")).isEqualTo(1);
    Slots slots = new Slots(4, 0);
    assertThat(enter(slots, "a", 4)).allMatch(SlotsTest::isGranted);
  }
}
