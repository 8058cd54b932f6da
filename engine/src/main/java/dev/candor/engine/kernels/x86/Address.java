package dev.candor.engine.kernels.x86;

import org.jspecify.annotations.Nullable;

/**
 * A memory operand: {@code [base + index·scale + displacement]}, or a constant of the code itself.
 *
 * @param base absent for a constant
 * @param index absent if there is none
 * @param scale 1, 2, 4 or 8
 * @param displacement in bytes; of a constant its offset in the pool
 * @param broadcast whether the one float or int there stands for all of a vector (EVEX)
 */
public record Address(
    @Nullable Register base,
    @Nullable Register index,
    int scale,
    int displacement,
    boolean broadcast) {

  public static Address of(Register base, int displacement) {
    return new Address(base, null, 1, displacement, false);
  }

  public static Address of(Register base, Register index, int scale, int displacement) {
    return new Address(base, index, scale, displacement, false);
  }

  /** One element for all of the vector. */
  public Address broadcasting() {
    return new Address(base, index, scale, displacement, true);
  }

  public Address plus(int bytes) {
    return new Address(base, index, scale, displacement + bytes, broadcast);
  }
}
