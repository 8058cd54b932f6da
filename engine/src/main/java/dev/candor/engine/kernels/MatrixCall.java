package dev.candor.engine.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.candor.engine.kernels.x86.ExecutableMemory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls emitted code that works on a matrix, such as a cache, and two arrays. One handle for all of
 * it: each costs milliseconds when a process starts.
 */
final class MatrixCall {

  /**
   * (data, x, xBytes, y, yBytes, count, xStrideBytes, yStrideBytes, scale); what they mean, each
   * code says.
   */
  private static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          JAVA_LONG,
          ADDRESS,
          JAVA_LONG,
          ADDRESS,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_FLOAT);

  private static final MethodHandle CALL = ExecutableMemory.caller(TYPE);

  private MatrixCall() {}

  static void call(
      MemorySegment code,
      long data,
      float[] x,
      long xBytes,
      float[] y,
      long yBytes,
      long count,
      long xStrideBytes,
      long yStrideBytes,
      float scale) {
    try {
      CALL.invokeExact(
          code,
          data,
          MemorySegment.ofArray(x),
          xBytes,
          MemorySegment.ofArray(y),
          yBytes,
          count,
          xStrideBytes,
          yStrideBytes,
          scale);
    } catch (Throwable e) {
      throw EmittedKernels.thrown(e);
    }
  }
}
