package dev.candor.governance.decisions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.generation.GeneratedToken;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who goes away before the end and asks again gets an answer, and not the beginning of one. */
class LeftDecisionTest {

  private @TempDir Path folder;
  private GovernedDevice device;

  @BeforeEach
  void begin() {
    device = new GovernedDevice(folder);
  }

  @AfterEach
  void end() {
    device.close();
  }

  private DecisionRequest request() {
    return device.request(
        "What is 17 + 25 * 2?", "assistance", Optional.empty(), Optional.of("order 7"));
  }

  /** Goes away with its third token, and orders a stop before if it is to. */
  private DecisionListener leaving(boolean ordersStop, Runnable before) {
    return new DecisionListener() {
      private String id = "";
      private int tokens;

      @Override
      public void onAdmitted(String decision) {
        id = decision;
        before.run();
      }

      @Override
      public boolean onProgress(int done, int total) {
        return true;
      }

      @Override
      public boolean onToken(GeneratedToken token) {
        if (++tokens == 2 && ordersStop) {
          new Oversight(device.governance).stop(GovernedDevice.ANNA, Optional.of(id), "enough");
        }
        return tokens < 3;
      }
    };
  }

  @Test
  void isDecidedAnewAsTheSameDecision() {
    Decision left = device.decide(request(), leaving(false, () -> {}));
    assertThat(left.output().outcome()).isEqualTo("stopped");
    Decision again = device.decide(request());
    assertThat(again.repeated()).isFalse();
    assertThat(again.output().outcome()).isEqualTo("end");
    assertThat(again.receipt().decision()).isEqualTo(left.receipt().decision());
    assertThat(again.receipt().started().attempt()).isEqualTo(2);
    assertThat(device.decide(request()).repeated()).isTrue();
  }

  @Test
  void whatWasOrderedToStopStaysStopped() {
    Decision stopped = device.decide(request(), leaving(true, () -> {}));
    Decision again = device.decide(request());
    assertThat(again.repeated()).isTrue();
    assertThat(again.output().text()).isEqualTo(stopped.output().text());
  }

  @Test
  void whoAsksAgainMeanwhileGetsAnAnswerToo() throws InterruptedException {
    CountDownLatch admitted = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<Decision> first =
        CompletableFuture.supplyAsync(() ->
            device.decide(
                request(),
                leaving(
                    false,
                    () -> {
                      admitted.countDown();
                      await(asked);
                    })));
    admitted.await();
    CompletableFuture<Decision> second =
        CompletableFuture.supplyAsync(() -> device.decide(request()));
    Thread.sleep(200); // So that it waits for the first; if not, it comes after it.
    asked.countDown();
    assertThat(first.join().output().outcome()).isEqualTo("stopped");
    assertThat(second.join().output().outcome()).isEqualTo("end");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
