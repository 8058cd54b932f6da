package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.ExecutableMemory;
import dev.candor.engine.kernels.x86.Processor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What this machine can do at most with the threads of a pool, measured by machine code that does
 * nothing else: what the speed of a kernel is a share of. One token reads all weights once, and is
 * not faster than memory; many tokens are not faster than their products are added up.
 *
 * <p>Each measurement takes some tenths of a second and gives the best of its tries; a machine that
 * is busy with something else shows less than it can do. Reading takes 256 MiB, which are held
 * until it is closed; used by one thread.
 */
public final class MachinePeaks implements AutoCloseable {

  private static final MethodHandle PEAK = ExecutableMemory.caller(PeakCode.TYPE);

  /** Several times what the last level of a cache holds. */
  private static final int MEMORY_BYTES = 256 << 20;

  /** What a try reads, about a millisecond; the next one goes on behind it. */
  private static final int TRY_BYTES = 32 << 20;

  /** What a thread reads at a time: calls of machine code must be short. */
  private static final int CHUNK_BYTES = 1 << 20;

  /** Steps of multiply-adds at a time, some tens of microseconds; and how often, of each thread. */
  private static final int CHUNK_STEPS = 1 << 13;

  private static final int CHUNKS = 32;

  private static final int LEAST_TRIES = 3;
  private static final long LEAST_NANOS = 150_000_000;

  private final WorkerPool pool;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment read;
  private final MemorySegment int8;
  private final MemorySegment float32;
  private final int int8PerStep;
  private final int floatsPerStep;

  /** Taken when it is first read. */
  private MemorySegment memory = MemorySegment.NULL;

  /** Where the next try begins. */
  private int next;

  MachinePeaks(Processor processor, WorkerPool pool) {
    this.pool = pool;
    read = ExecutableMemory.place(PeakCode.read(processor));
    int8 = ExecutableMemory.place(PeakCode.int8(processor));
    float32 = ExecutableMemory.place(PeakCode.float32(processor));
    int8PerStep = PeakCode.int8PerStep(processor);
    floatsPerStep = PeakCode.floatsPerStep(processor);
  }

  /**
   * For the threads of this pool; empty where there are no emitted kernels, see {@link
   * KernelSelector}.
   */
  public static Optional<MachinePeaks> of(WorkerPool pool) {
    return Processor.here() == Processor.OTHER
        ? Optional.empty()
        : Optional.of(new MachinePeaks(Processor.here(), pool));
  }

  /** Bytes of main memory read in a second. */
  public double readBytesPerSecond() {
    return best(this::read);
  }

  /**
   * Multiply-adds of int8 in a second: VPDPBUSD on AVX-512; on AVX2 VPMADDUBSW, VPMADDWD and
   * VPADDD, which hold for any numbers of 8 bits. Kernels of 4 bits, whose sums fit in 16 bits for
   * longer, can be faster than that.
   */
  public double int8MultiplyAddsPerSecond() {
    return best(this::multiplyAddInt8);
  }

  /** Fused multiply-adds of float32 in a second. */
  public double floatMultiplyAddsPerSecond() {
    return best(this::multiplyAddFloat);
  }

  private static double best(LongSupplier work) {
    double best = 0;
    long begin = System.nanoTime();
    for (int i = 0; i < LEAST_TRIES || System.nanoTime() - begin < LEAST_NANOS; i++) {
      long before = System.nanoTime();
      long done = work.getAsLong();
      best = Math.max(best, done * 1e9 / (System.nanoTime() - before));
    }
    return best;
  }

  /** One try: how many bytes it has read. */
  long read() {
    if (memory.byteSize() == 0) {
      // All its pages are there at once, since allocation writes zeros.
      memory = arena.allocate(MEMORY_BYTES, 64);
    }
    long address = memory.address() + next;
    pool.run(
        TRY_BYTES / CHUNK_BYTES,
        1,
        (from, to) -> {
          for (int chunk = from; chunk < to; chunk++) {
            run(read, address + (long) chunk * CHUNK_BYTES, CHUNK_BYTES / PeakCode.STEP_BYTES);
          }
        });
    next = (next + TRY_BYTES) % MEMORY_BYTES;
    return TRY_BYTES;
  }

  /** One try: how many multiply-adds of int8 it has done. */
  long multiplyAddInt8() {
    return multiplyAdd(int8) * int8PerStep;
  }

  /** One try: how many multiply-adds of float32 it has done. */
  long multiplyAddFloat() {
    return multiplyAdd(float32) * floatsPerStep;
  }

  private long multiplyAdd(MemorySegment code) {
    int chunks = CHUNKS * pool.threads();
    pool.run(
        chunks,
        1,
        (from, to) -> {
          for (int chunk = from; chunk < to; chunk++) {
            run(code, 0, CHUNK_STEPS);
          }
        });
    return (long) chunks * CHUNK_STEPS;
  }

  private static void run(MemorySegment code, long address, long steps) {
    try {
      PEAK.invokeExact(code, address, steps);
    } catch (Throwable e) {
      throw EmittedKernels.thrown(e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
