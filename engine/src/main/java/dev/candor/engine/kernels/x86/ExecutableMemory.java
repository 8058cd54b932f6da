package dev.candor.engine.kernels.x86;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * Pages that hold machine code. A page is written while it is not executable and executed while it
 * is not writable, never both; once executable it stays so for the life of the process.
 */
@SuppressWarnings("restricted") // what this class is for
public final class ExecutableMemory {

  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXECUTE = 4;
  private static final int PRIVATE = 2;

  /** MAP_ANONYMOUS, which Linux and macOS number differently. */
  private static final int ANONYMOUS =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac") ? 0x1000 : 0x20;

  private ExecutableMemory() {}

  /**
   * Calls functions of this type by their address, without a transition to native state: they must
   * be short, and may read and write Java arrays that are passed as segments.
   */
  public static MethodHandle caller(FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(type, Linker.Option.critical(true));
  }

  /**
   * Places code in a page of its own.
   *
   * @throws IllegalStateException if the system gives no such page
   */
  public static MemorySegment place(byte[] code) {
    Linker linker = Linker.nativeLinker();
    MethodHandle map =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("mmap"),
            FunctionDescriptor.of(
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    MethodHandle protect =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("mprotect"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    try {
      MemorySegment page =
          (MemorySegment)
              map.invokeExact(
                  MemorySegment.NULL,
                  (long) code.length,
                  READ | WRITE,
                  PRIVATE | ANONYMOUS,
                  -1,
                  0L);
      if (page.address() == -1) {
        throw new IllegalStateException("the system gives no memory for machine code");
      }
      page = page.reinterpret(code.length, Arena.global(), null);
      MemorySegment.copy(code, 0, page, ValueLayout.JAVA_BYTE, 0, code.length);
      if ((int) protect.invokeExact(page, (long) code.length, READ | EXECUTE) != 0) {
        throw new IllegalStateException("the system does not allow new machine code to run");
      }
      return page;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("memory for machine code could not be had", e);
    }
  }
}
