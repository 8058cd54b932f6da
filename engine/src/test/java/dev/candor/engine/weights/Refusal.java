package dev.candor.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * What every abuse case must meet: a typed error, in under a second of the processor, allocating
 * under 64 MB in all (which bounds the growth of the heap from above).
 */
final class Refusal {

  private static final long MAXIMUM_MILLIS = 1_000;
  private static final long MAXIMUM_BYTES = 64L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Refusal() {}

  /** The code of the refusal. */
  static String of(String what, ThrowingCallable call) {
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long start = THREADS.getCurrentThreadCpuTime();
    String code = TestFiles.code(call);
    long millis = (THREADS.getCurrentThreadCpuTime() - start) / 1_000_000;
    assertThat(millis).as(what + ": milliseconds").isLessThan(MAXIMUM_MILLIS);
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - bytes)
        .as(what + ": allocated bytes")
        .isLessThan(MAXIMUM_BYTES);
    return code;
  }
}
