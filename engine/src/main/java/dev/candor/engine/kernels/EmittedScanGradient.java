package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.ExecutableMemory;
import dev.candor.engine.kernels.x86.Processor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@link GradientKernels#scanGradient} of 16 states a channel by {@link ScanGradientCode}. Each
 * thread keeps records for its longest sequence, under a KiB a token.
 */
final class EmittedScanGradient {

  private static final MethodHandle CALL = ExecutableMemory.caller(ScanGradientCode.TYPE);

  private static final int LANES = 16;

  private final int together;
  private final int recordBytes;
  private final MemorySegment prepareAll;
  private final MemorySegment prepareSome;
  private final MemorySegment channels;
  private final MemorySegment oneChannel;
  private final MemorySegment finishAll;
  private final MemorySegment finishSome;
  private final ThreadLocal<Records> records = ThreadLocal.withInitial(Records::new);

  private static final class Records {
    private MemorySegment memory = MemorySegment.NULL;

    /** The record of the first of so many tokens; there is room before it and behind the last. */
    long first(int tokens, int recordBytes) {
      long bytes = (tokens + 2L) * recordBytes;
      if (memory.byteSize() < bytes) {
        memory = Arena.ofAuto().allocate(bytes, 64);
      }
      return memory.address() + recordBytes;
    }
  }

  EmittedScanGradient(Processor processor) {
    together = ScanGradientCode.together(processor);
    recordBytes = ScanGradientCode.recordBytes(processor);
    prepareAll = ExecutableMemory.place(ScanGradientCode.prepare(processor, false));
    prepareSome = ExecutableMemory.place(ScanGradientCode.prepare(processor, true));
    channels = ExecutableMemory.place(ScanGradientCode.channels(processor, together));
    oneChannel = ExecutableMemory.place(ScanGradientCode.channels(processor, 1));
    finishAll = ExecutableMemory.place(ScanGradientCode.finish(processor, false));
    finishSome = ExecutableMemory.place(ScanGradientCode.finish(processor, true));
  }

  /**
   * The arrays lie on the heap or in native memory, those of tokens and channels from their first
   * element on, others so many bytes behind their start; tokens from 1. They have been checked.
   *
   * @param width channels
   */
  void scanGradient(
      MemorySegment a,
      long aBytes,
      MemorySegment delta,
      MemorySegment v,
      long bytes,
      MemorySegment bc,
      long bcBytes,
      long bcStrideBytes,
      MemorySegment d,
      long dBytes,
      MemorySegment mGradient,
      int width,
      int tokens,
      MemorySegment deltaGradient,
      MemorySegment vGradient,
      MemorySegment bcGradient,
      long bcGradientBytes,
      MemorySegment aGradient,
      long aGradientBytes,
      MemorySegment dGradient,
      long dGradientBytes) {
    long first = records.get().first(tokens, recordBytes);
    long stride = 4L * width;
    for (int e = 0; e < width; e += LANES) {
      int lanes = Math.min(LANES, width - e);
      long at = bytes + 4L * e;
      long last = at + (tokens - 1) * stride;
      call(
          lanes == LANES ? prepareAll : prepareSome,
          delta,
          last,
          v,
          last,
          mGradient,
          last,
          dGradient,
          dGradientBytes + 4L * e,
          first,
          tokens,
          stride,
          lanes);
      for (int lane = 0; lane < lanes; ) {
        int some = lane + together <= lanes ? together : 1;
        long states = 4L * ScanGradientCode.STATES * (e + lane);
        call(
            some == together ? channels : oneChannel,
            a,
            aBytes + states,
            bc,
            bcBytes,
            bcGradient,
            bcGradientBytes,
            aGradient,
            aGradientBytes + states,
            first,
            tokens,
            bcStrideBytes,
            lane);
        lane += some;
      }
      call(
          lanes == LANES ? finishAll : finishSome,
          deltaGradient,
          at,
          vGradient,
          at,
          d,
          dBytes + 4L * e,
          d,
          0,
          first,
          tokens,
          stride,
          lanes);
    }
  }

  private static void call(
      MemorySegment code,
      MemorySegment x,
      long xBytes,
      MemorySegment y,
      long yBytes,
      MemorySegment z,
      long zBytes,
      MemorySegment w,
      long wBytes,
      long records,
      long tokens,
      long strideBytes,
      long lanes) {
    try {
      CALL.invokeExact(
          code, x, xBytes, y, yBytes, z, zBytes, w, wBytes, records, tokens, strideBytes, lanes);
    } catch (Throwable e) {
      throw EmittedKernels.thrown(e);
    }
  }
}
