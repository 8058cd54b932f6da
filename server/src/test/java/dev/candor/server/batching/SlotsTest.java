package dev.candor.server.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.server.HttpProblem;
import dev.candor.server.batching.Slots.Ticket;
import java.util.ArrayList;
import java.util.List;
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
