package dev.candor.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PersistentWorkerPoolTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void everyIterationRunsOnceInChunksNoLargerThanTheGrain(int threads) {
    RandomInputs random = new RandomInputs(threads);
    try (PersistentWorkerPool pool = new PersistentWorkerPool(threads)) {
      assertThat(pool.threads()).isEqualTo(threads);
      for (int loop = 0; loop < 2_000; loop++) {
        int count = random.between(0, 200);
        int grain = random.between(1, 40);
        AtomicIntegerArray runs = new AtomicIntegerArray(count);
        pool.run(
            count,
            grain,
            (from, to) -> {
              assertThat(to - from).isBetween(1, grain);
              for (int i = from; i < to; i++) {
                runs.incrementAndGet(i);
              }
            });
        for (int i = 0; i < count; i++) {
          assertThat(runs.get(i)).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void parkedThreadsWakeUp() {
    try (PersistentWorkerPool pool = new PersistentWorkerPool(3)) {
      for (int loop = 0; loop < 20; loop++) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        CountDownLatch all = new CountDownLatch(3);
        // Ends only if three threads take part at the same time.
        pool.run(
            3,
            1,
            (from, to) -> {
              all.countDown();
              awaitQuietly(all);
            });
      }
    }
  }

  @Test
  void onePoolMemberStartsNoThread() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    try (PersistentWorkerPool pool = new PersistentWorkerPool(1)) {
      pool.run(100, 1, (from, to) -> threads.add(Thread.currentThread()));
    }
    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void anExceptionIsThrownToTheCallerAndThePoolGoesOn(int threads) {
    try (PersistentWorkerPool pool = new PersistentWorkerPool(threads)) {
      for (int loop = 0; loop < 200; loop++) {
        int bad = loop % 50;
        AtomicInteger running = new AtomicInteger();
        assertThatThrownBy(() ->
                pool.run(
                    50,
                    1,
                    (from, to) -> {
                      running.incrementAndGet();
                      try {
                        if (from == bad) {
                          throw new IllegalStateException("iteration " + from);
                        }
                      } finally {
                        running.decrementAndGet();
                      }
                    }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("iteration " + bad);
        assertThat(running).hasValue(0);
        AtomicInteger sum = new AtomicInteger();
        pool.run(10, 3, (from, to) -> sum.addAndGet(to - from));
        assertThat(sum).hasValue(10);
      }
    }
  }

  @Test
  void anErrorIsThrownToTheCaller() {
    try (PersistentWorkerPool pool = new PersistentWorkerPool(2)) {
      assertThatThrownBy(() ->
              pool.run(
                  4,
                  1,
                  (from, to) -> {
                    throw new AssertionError("bad");
                  }))
          .isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void aLoopWithinALoopRuns() {
    try (PersistentWorkerPool pool = new PersistentWorkerPool(3)) {
      AtomicInteger sum = new AtomicInteger();
      pool.run(
          20,
          1,
          (from, to) ->
              pool.run(10, 2, (innerFrom, innerTo) -> sum.addAndGet(innerTo - innerFrom)));
      assertThat(sum).hasValue(200);
    }
  }

  @Test
  void callersTakeTurns() throws InterruptedException {
    try (PersistentWorkerPool pool = new PersistentWorkerPool(2)) {
      AtomicInteger sum = new AtomicInteger();
      Thread[] callers = new Thread[4];
      for (int i = 0; i < callers.length; i++) {
        callers[i] =
            Thread.ofPlatform()
                .start(() -> {
                  for (int loop = 0; loop < 500; loop++) {
                    pool.run(7, 2, (from, to) -> sum.addAndGet(to - from));
                  }
                });
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(sum).hasValue(4 * 500 * 7);
    }
  }

  @Test
  void anInterruptedCallerFinishesAndKeepsItsInterrupt() {
    try (PersistentWorkerPool pool = new PersistentWorkerPool(2)) {
      AtomicInteger sum = new AtomicInteger();
      Thread.currentThread().interrupt();
      pool.run(100, 1, (from, to) -> sum.addAndGet(to - from));
      assertThat(sum).hasValue(100);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aClosedPoolRefuses() {
    PersistentWorkerPool pool = new PersistentWorkerPool(2);
    pool.close();
    pool.close();
    assertThatThrownBy(() -> pool.run(1, 1, (from, to) -> {}))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void sizesAreChecked() {
    assertThatThrownBy(() -> new PersistentWorkerPool(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(PersistentWorkerPool.defaultThreads()).isPositive();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
