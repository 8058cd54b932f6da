package dev.candor.engine.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * Memory between two pages that nobody may touch: a kernel that reads or writes a byte too many
 * ends the process, and with it the test.
 */
final class GuardedMemory {

  /** As large as any page: 16 KB on Apple's processors, 4 KB on most others. */
  private static final long PAGE = 1 << 16;

  private static final int NONE = 0;
  private static final int READ_AND_WRITE = 3;
  private static final int PRIVATE = 2;
  private static final int ANONYMOUS =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac") ? 0x1000 : 0x20;

  private static final MethodHandle MAP =
      function(
          "mmap",
          FunctionDescriptor.of(
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG));
  private static final MethodHandle PROTECT =
      function(
          "mprotect",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));
  private static final MethodHandle UNMAP =
      function(
          "munmap",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

  private GuardedMemory() {}

  private static MethodHandle function(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  /**
   * Zeros for as long as the arena lives.
   *
   * @param atEnd whether the last byte is followed by a forbidden page, or else the first comes
   *     behind one
   */
  static MemorySegment allocate(Arena arena, long bytes, boolean atEnd) {
    long inner = (bytes + PAGE - 1) / PAGE * PAGE;
    long all = inner + 2 * PAGE;
    try {
      MemorySegment pages =
          (MemorySegment)
              MAP.invokeExact(MemorySegment.NULL, all, NONE, PRIVATE | ANONYMOUS, -1, 0L);
      if (pages.address() == -1) {
        throw new IllegalStateException("no memory");
      }
      MemorySegment open = MemorySegment.ofAddress(pages.address() + PAGE);
      if ((int) PROTECT.invokeExact(open, inner, READ_AND_WRITE) != 0) {
        throw new IllegalStateException("memory cannot be opened");
      }
      long start = open.address() + (atEnd ? inner - bytes : 0);
      return MemorySegment.ofAddress(start).reinterpret(bytes, arena, s -> free(pages, all));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static void free(MemorySegment pages, long bytes) {
    try {
      if ((int) UNMAP.invokeExact(pages, bytes) != 0) {
        throw new IllegalStateException("memory cannot be given back");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
