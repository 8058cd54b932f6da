package dev.candor.engine.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.candor.engine.kernels.x86.ExecutableMemory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls emitted code that works on a cache and two arrays. One handle for all of it: each costs
 * milliseconds when a process starts.
 */
final class CacheCall {

  /** What the arguments mean, each code says. */
  static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static final MethodHandle CALL = ExecutableMemory.caller(TYPE);

  private CacheCall() {}

  static void call(
      MemorySegment code,
      long cache,
      float[] x,
      long xBytes,
      float[] y,
      long yBytes,
      long count,
      long xStrideBytes,
      long yStrideBytes) {
    try {
      CALL.invokeExact(
          code,
          cache,
          MemorySegment.ofArray(x),
          xBytes,
          MemorySegment.ofArray(y),
          yBytes,
          count,
          xStrideBytes,
          yStrideBytes);
    } catch (Throwable e) {
      throw EmittedKernels.thrown(e);
    }
  }
}
