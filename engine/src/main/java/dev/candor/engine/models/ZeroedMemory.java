package dev.candor.engine.models;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Memory for caches, zero at first. {@link Arena#allocate} writes the zeros, so that a cache for a
 * long context takes its memory, and the time to write it, before the first token. The C library's
 * {@code calloc} takes large blocks from the system, which gives pages of zeros when they are first
 * touched: a cache grows with what it holds.
 */
final class ZeroedMemory {

  /** Cache lines, which the kernels load whole. */
  private static final long ALIGNMENT = 64;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBRARY = LINKER.defaultLookup();

  private static final MethodHandle CALLOC =
      LINKER.downcallHandle(
          LIBRARY.findOrThrow("calloc"),
          FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

  private static final MethodHandle FREE =
      LINKER.downcallHandle(
          LIBRARY.findOrThrow("free"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

  private ZeroedMemory() {}

  /**
   * Zeros on a boundary of 64 bytes, which live as long as the arena.
   *
   * @throws OutOfMemoryError if the system has not so much
   */
  @SuppressWarnings("restricted") // the block is as large as it was asked to be
  static MemorySegment allocate(Arena arena, long bytes) {
    try {
      MemorySegment block = (MemorySegment) CALLOC.invokeExact(1L, bytes + ALIGNMENT);
      if (block.address() == 0) {
        throw new OutOfMemoryError("no memory for a cache of " + bytes + " bytes");
      }
      MemorySegment owned = block.reinterpret(bytes + ALIGNMENT, arena, ZeroedMemory::free);
      return owned.asSlice(-block.address() & ALIGNMENT - 1, bytes);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("calloc cannot be called", e);
    }
  }

  private static void free(MemorySegment block) {
    try {
      FREE.invokeExact(block);
    } catch (Throwable e) {
      throw new IllegalStateException("free cannot be called", e);
    }
  }
}
