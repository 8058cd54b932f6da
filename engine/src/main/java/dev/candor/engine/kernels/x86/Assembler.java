package dev.candor.engine.kernels.x86;

import org.jspecify.annotations.Nullable;

/**
 * Writes x86-64 machine code: the general instructions that a loop needs, and the vector
 * instructions of {@link VectorOp} in VEX form (AVX2, FMA, F16C) or, where a register above 15, 512
 * bits, a mask or a broadcast demands it, in EVEX form (AVX-512). Constants go behind the code and
 * are addressed relative to it, so the code runs wherever it is placed.
 */
public final class Assembler extends CodeBuffer {

  // Vector instructions.

  /** {@code op dst, left, right} at so many bits, all registers. */
  public void op(VectorOp op, int bits, int dst, int left, int right) {
    vector(op, bits, dst, left, right, null, -1, 0);
  }

  /** {@code op dst, left, [right]}. */
  public void op(VectorOp op, int bits, int dst, int left, Address right) {
    vector(op, bits, dst, left, -1, right, -1, 0);
  }

  /** {@code op dst, left, right, immediate}. */
  public void op(VectorOp op, int bits, int dst, int left, int right, int immediate) {
    vector(op, bits, dst, left, right, null, immediate, 0);
  }

  /** {@code op dst, left, [right], immediate}. */
  public void op(VectorOp op, int bits, int dst, int left, Address right, int immediate) {
    vector(op, bits, dst, left, -1, right, immediate, 0);
  }

  /** {@code op dst, source}: of two operands. */
  public void op(VectorOp op, int bits, int dst, int source) {
    vector(op, bits, dst, 0, source, null, -1, 0);
  }

  /** {@code op dst, [source]}, or the store {@code op [source], dst}. */
  public void op(VectorOp op, int bits, int dst, Address source) {
    vector(op, bits, dst, 0, -1, source, -1, 0);
  }

  /** {@code op dst, source, immediate} of two operands; of a store or extraction its reverse. */
  public void convert(VectorOp op, int bits, int dst, int source, int immediate) {
    vector(op, bits, dst, 0, source, null, immediate, 0);
  }

  public void convert(VectorOp op, int bits, int dst, Address source, int immediate) {
    vector(op, bits, dst, 0, -1, source, immediate, 0);
  }

  /** {@code op dst, source, count}: a shift. */
  public void shift(VectorOp op, int bits, int dst, int source, int count) {
    vector(op, bits, op.extension, dst, source, null, count, 0);
  }

  /** {@code op dst, [source], count}: a shift of what lies in memory (EVEX). */
  public void shift(VectorOp op, int bits, int dst, Address source, int count) {
    vector(op, bits, op.extension, dst, -1, source, count, 0);
  }

  /**
   * A load that leaves zeros, or a store that leaves what was there, where mask register k is 0.
   */
  public void masked(VectorOp op, int bits, int register, Address address, int mask) {
    vector(op, bits, register, 0, -1, address, -1, mask);
  }

  /** {@code vcmpps k, left, right, predicate} (EVEX). */
  public void compareToMask(int mask, int left, int right, int predicate) {
    vector(VectorOp.CMPPS, 512, mask, left, right, null, predicate, 0);
  }

  /** {@code op dst{mask}, left, right}: lanes without the mask keep what dst had (EVEX). */
  public void merged(VectorOp op, int dst, int left, int right, int mask) {
    vector(op, 512, dst, left, right, null, -1, mask);
  }

  private void vector(
      VectorOp op,
      int bits,
      int reg,
      int vvvv,
      int rm,
      @Nullable Address memory,
      int immediate,
      int mask) {
    boolean broadcast = memory != null && memory.broadcast();
    boolean wide =
        bits == 512
            || reg > 15
            || vvvv > 15
            || rm > 15
            || mask != 0
            || broadcast
            || op == VectorOp.PDPBUSD
            || op == VectorOp.PBROADCASTD_GENERAL
            || op == VectorOp.PMOVDB_STORE;
    if (wide) {
      evex(op, bits, reg, vvvv, rm, memory, mask, broadcast);
    } else {
      vex(op, bits, reg, vvvv, rm, memory);
    }
    emit(op.opcode);
    int immediates = immediate >= 0 ? 1 : 0;
    if (memory == null) {
      emit(0xC0 | (reg & 7) << 3 | rm & 7);
    } else {
      address(reg, memory, wide ? unit(op, bits, broadcast) : 1, immediates);
    }
    if (immediate >= 0) {
      emit(immediate);
    }
  }

  /** What EVEX multiplies an 8-bit displacement by. */
  private static int unit(VectorOp op, int bits, boolean broadcast) {
    if (broadcast) {
      return 4;
    }
    return switch (op.memory) {
      case FULL -> bits / 8;
      case HALF -> bits / 16;
      case QUARTER -> bits / 32;
      case SIXTEEN -> 16;
      case SCALAR -> 4;
    };
  }

  private void vex(VectorOp op, int bits, int reg, int vvvv, int rm, @Nullable Address memory) {
    int x = memory != null && memory.index() != null ? memory.index().ordinal() >> 3 : 0;
    int b = base(rm, memory) >> 3 & 1;
    emit(0xC4);
    emit((~reg >> 3 & 1) << 7 | (~x & 1) << 6 | (~b & 1) << 5 | op.map);
    emit((~vvvv & 15) << 3 | (bits == 256 ? 4 : 0) | op.prefix.ordinal());
  }

  private void evex(
      VectorOp op,
      int bits,
      int reg,
      int vvvv,
      int rm,
      @Nullable Address memory,
      int mask,
      boolean broadcast) {
    int x = memory == null ? rm >> 4 : memory.index() == null ? 0 : memory.index().ordinal() >> 3;
    int b = base(rm, memory) >> 3 & 1;
    boolean store = op == VectorOp.MOVUPS_STORE || op == VectorOp.PMOVDB_STORE || memory == null;
    emit(0x62);
    emit((~reg >> 3 & 1) << 7 | (~x & 1) << 6 | (~b & 1) << 5 | (~reg >> 4 & 1) << 4 | op.map);
    emit((~vvvv & 15) << 3 | 4 | op.prefix.ordinal());
    int length = bits == 512 ? 2 : bits == 256 ? 1 : 0;
    int zeroing = mask != 0 && !store ? 1 : 0;
    emit(zeroing << 7 | length << 5 | (broadcast ? 16 : 0) | (~vvvv >> 4 & 1) << 3 | mask);
  }

  private static int base(int rm, @Nullable Address memory) {
    if (memory == null) {
      return rm;
    }
    return memory.base() == null ? 0 : memory.base().ordinal();
  }

  /** ModRM, SIB and displacement; {@code immediates} bytes of the instruction follow them. */
  private void address(int reg, Address memory, int unit, int immediates) {
    int middle = (reg & 7) << 3;
    Register base = memory.base();
    if (base == null) {
      emit(middle | 5);
      referToConstant(memory.displacement(), immediates);
      return;
    }
    int displacement = memory.displacement();
    boolean none = displacement == 0 && (base.ordinal() & 7) != 5;
    int scaled = displacement / unit;
    boolean small = displacement % unit == 0 && scaled >= -128 && scaled <= 127;
    int mode = none ? 0 : small ? 0x40 : 0x80;
    Register index = memory.index();
    if (index != null || (base.ordinal() & 7) == 4) {
      emit(mode | middle | 4);
      int log = Integer.numberOfTrailingZeros(memory.scale());
      emit(log << 6 | (index == null ? 4 : index.ordinal() & 7) << 3 | base.ordinal() & 7);
    } else {
      emit(mode | middle | base.ordinal() & 7);
    }
    if (mode == 0x40) {
      emit(scaled);
    } else if (mode == 0x80) {
      emit32(displacement);
    }
  }

  // Mask registers.

  /** {@code kmovw k, register}. */
  public void maskFrom(int mask, Register register) {
    emit(0xC4);
    emit(0xC1 | (register.ordinal() >= 8 ? 0 : 0x20));
    emit(0x78);
    emit(0x92);
    emit(0xC0 | mask << 3 | register.ordinal() & 7);
  }

  // General instructions, all of 64 bits.

  public void load(Register dst, Address source) {
    general(0x8B, dst.ordinal(), source);
  }

  public void store(Address target, Register source) {
    general(0x89, source.ordinal(), target);
  }

  public void loadAddress(Register dst, Address source) {
    general(0x8D, dst.ordinal(), source);
  }

  public void move(Register dst, Register source) {
    general(0x8B, dst.ordinal(), source);
  }

  public void add(Register dst, Register source) {
    general(0x03, dst.ordinal(), source);
  }

  public void subtract(Register dst, Register source) {
    general(0x2B, dst.ordinal(), source);
  }

  public void compare(Register left, Register right) {
    general(0x3B, left.ordinal(), right);
  }

  /** dst = condition ? source : dst. */
  public void moveIf(Condition condition, Register dst, Register source) {
    rex(dst.ordinal(), 0, source.ordinal());
    emit(0x0F);
    emit(0x40 | condition.code());
    emit(0xC0 | (dst.ordinal() & 7) << 3 | source.ordinal() & 7);
  }

  public void add(Register dst, int value) {
    immediate(0, dst, value);
  }

  public void subtract(Register dst, int value) {
    immediate(5, dst, value);
  }

  public void and(Register dst, int value) {
    immediate(4, dst, value);
  }

  public void compare(Register left, int value) {
    immediate(7, left, value);
  }

  public void set(Register dst, int value) {
    rex(0, 0, dst.ordinal());
    emit(0xC7);
    emit(0xC0 | dst.ordinal() & 7);
    emit32(value);
  }

  public void shiftLeft(Register dst, int count) {
    shift(4, dst, count);
  }

  public void shiftRight(Register dst, int count) {
    shift(5, dst, count);
  }

  private void shift(int extension, Register dst, int count) {
    rex(0, 0, dst.ordinal());
    emit(0xC1);
    emit(0xC0 | extension << 3 | dst.ordinal() & 7);
    emit(count);
  }

  /** dst = source with only its lowest bits, as many as {@code count} says (BMI2). */
  public void lowBits(Register dst, Register source, Register count) {
    emit(0xC4);
    emit((~dst.ordinal() >> 3 & 1) << 7 | 1 << 6 | (~source.ordinal() >> 3 & 1) << 5 | 2);
    emit(0x80 | (~count.ordinal() & 15) << 3);
    emit(0xF5);
    emit(0xC0 | (dst.ordinal() & 7) << 3 | source.ordinal() & 7);
  }

  public void multiply(Register dst, Register source) {
    rex(dst.ordinal(), 0, source.ordinal());
    emit(0x0F);
    emit(0xAF);
    emit(0xC0 | (dst.ordinal() & 7) << 3 | source.ordinal() & 7);
  }

  public void push(Register register) {
    if (register.ordinal() >= 8) {
      emit(0x41);
    }
    emit(0x50 | register.ordinal() & 7);
  }

  public void pop(Register register) {
    if (register.ordinal() >= 8) {
      emit(0x41);
    }
    emit(0x58 | register.ordinal() & 7);
  }

  /**
   * Asks for the cache line at the address.
   *
   * @param level of the cache it is for, and of all behind it: 1, 2 or 3; 0 for the first and none
   *     behind it
   */
  public void prefetch(int level, Address address) {
    plainPrefix(0, address);
    emit(0x0F);
    emit(0x18);
    address(level, address, 1, 0);
  }

  /** The same of all lines of so many bytes from the address on. */
  public void prefetch(int level, Address address, int bytes) {
    for (int line = 0; line < bytes; line += 64) {
      prefetch(level, address.plus(line));
    }
  }

  /** Copies 16 bits, by way of a register. */
  public void copyShort(Address target, Address source, Register by) {
    // movzx by, word [source]; mov word [target], by
    plainPrefix(by.ordinal(), source);
    emit(0x0F);
    emit(0xB7);
    address(by.ordinal(), source, 1, 0);
    emit(0x66);
    plainPrefix(by.ordinal(), target);
    emit(0x89);
    address(by.ordinal(), target, 1, 0);
  }

  private void plainPrefix(int reg, Address address) {
    int base = base(-1, address);
    int index = address.index() == null ? 0 : address.index().ordinal();
    int rex = 0x40 | reg >> 3 << 2 | index >> 3 << 1 | base >> 3;
    if (rex != 0x40) {
      emit(rex);
    }
  }

  public void cpuid() {
    emit(0x0F);
    emit(0xA2);
  }

  public void xgetbv() {
    emit(0x0F);
    emit(0x01);
    emit(0xD0);
  }

  /** Ends a kernel: back to the caller, the upper halves of the vectors clean. */
  public void finish() {
    emit(0xC5);
    emit(0xF8);
    emit(0x77); // vzeroupper
    ret();
  }

  public void ret() {
    emit(0xC3);
  }

  private void general(int opcode, int reg, Register rm) {
    rex(reg, 0, rm.ordinal());
    emit(opcode);
    emit(0xC0 | (reg & 7) << 3 | rm.ordinal() & 7);
  }

  private void general(int opcode, int reg, Address address) {
    rex(reg, address.index() == null ? 0 : address.index().ordinal(), base(-1, address));
    emit(opcode);
    address(reg, address, 1, 0);
  }

  private void immediate(int extension, Register dst, int value) {
    rex(0, 0, dst.ordinal());
    boolean small = value >= -128 && value <= 127;
    emit(small ? 0x83 : 0x81);
    emit(0xC0 | extension << 3 | dst.ordinal() & 7);
    if (small) {
      emit(value);
    } else {
      emit32(value);
    }
  }

  private void rex(int reg, int index, int rm) {
    emit(0x48 | reg >> 3 << 2 | index >> 3 << 1 | rm >> 3);
  }
}
