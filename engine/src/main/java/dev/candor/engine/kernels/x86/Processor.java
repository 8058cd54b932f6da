package dev.candor.engine.kernels.x86;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this processor can execute, as it says itself ({@code cpuid}) and as far as the operating
 * system saves the registers ({@code xgetbv}); Intel SDM volume 1, chapters 14.3 and 15.2.
 */
public enum Processor {
  /** Not x86-64, or without AVX2, FMA, F16C and BMI2, or an operating system without mmap. */
  OTHER,
  AVX2,
  /** AVX-512 F, BW, DQ, VL and VNNI besides. */
  AVX512;

  private static final int FMA = 1 << 12; // leaf 1, ecx
  private static final int OSXSAVE = 1 << 27;
  private static final int F16C = 1 << 29;
  private static final int LEAF7_AVX2 = 1 << 5 | 1 << 8; // ebx: AVX2, BMI2
  private static final int LEAF7_AVX512 = 1 << 16 | 1 << 17 | 1 << 30 | 1 << 31; // F, DQ, BW, VL
  private static final int LEAF7_VNNI = 1 << 11; // ecx

  /** Bits of XCR0: SSE and AVX state; opmask and both parts of ZMM state. */
  private static final int AVX_STATE = 6;

  private static final int AVX512_STATE = 0xE6;

  /** Asked once: the questions are machine code themselves. */
  private static final class Here {
    static @Nullable String obstacle;
    static final Processor PROCESSOR = ask();

    private static Processor ask() {
      try {
        return known();
      } catch (RuntimeException e) {
        obstacle = String.valueOf(e.getMessage());
        return OTHER;
      }
    }
  }

  /** What runs here. */
  public static Processor here() {
    return Here.PROCESSOR;
  }

  /** Why it could not be asked, if so: the system does not let new machine code run. */
  public static Optional<String> obstacle() {
    return Optional.ofNullable(here() == OTHER ? Here.obstacle : null);
  }

  private static Processor known() {
    String architecture = System.getProperty("os.arch", "");
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    boolean known = architecture.equals("amd64") || architecture.equals("x86_64");
    if (!known || !(system.startsWith("linux") || system.startsWith("mac"))) {
      return OTHER;
    }
    int features = leaf(1).getAtIndex(ValueLayout.JAVA_INT, 4);
    if ((features & (FMA | OSXSAVE | F16C)) != (FMA | OSXSAVE | F16C)) {
      return OTHER;
    }
    int saved = savedState();
    MemorySegment seven = leaf(7);
    int ebx = seven.getAtIndex(ValueLayout.JAVA_INT, 2);
    int ecx = seven.getAtIndex(ValueLayout.JAVA_INT, 4);
    if ((ebx & LEAF7_AVX2) != LEAF7_AVX2 || (saved & AVX_STATE) != AVX_STATE) {
      return OTHER;
    }
    boolean wide =
        (ebx & LEAF7_AVX512) == LEAF7_AVX512
            && (ecx & LEAF7_VNNI) != 0
            && (saved & AVX512_STATE) == AVX512_STATE;
    return wide ? AVX512 : AVX2;
  }

  /** eax, ebx, ecx, edx of a leaf of cpuid, 8 bytes each. */
  private static MemorySegment leaf(int number) {
    Assembler a = new Assembler();
    a.push(Register.RBX);
    a.move(Register.RAX, Register.RDI);
    a.set(Register.RCX, 0);
    a.cpuid();
    a.store(Address.of(Register.RSI, 0), Register.RAX);
    a.store(Address.of(Register.RSI, 8), Register.RBX);
    a.store(Address.of(Register.RSI, 16), Register.RCX);
    a.store(Address.of(Register.RSI, 24), Register.RDX);
    a.pop(Register.RBX);
    a.ret();
    MethodHandle ask =
        ExecutableMemory.caller(
            FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    MemorySegment registers = Arena.ofAuto().allocate(32, 8);
    try {
      ask.invokeExact(ExecutableMemory.place(a.assemble()), (long) number, registers);
    } catch (Throwable e) {
      throw new IllegalStateException("cpuid failed", e);
    }
    return registers;
  }

  /** The lower half of XCR0. */
  private static int savedState() {
    Assembler a = new Assembler();
    a.set(Register.RCX, 0);
    a.xgetbv();
    a.ret();
    MethodHandle ask = ExecutableMemory.caller(FunctionDescriptor.of(ValueLayout.JAVA_INT));
    try {
      return (int) ask.invokeExact(ExecutableMemory.place(a.assemble()));
    } catch (Throwable e) {
      throw new IllegalStateException("xgetbv failed", e);
    }
  }
}
