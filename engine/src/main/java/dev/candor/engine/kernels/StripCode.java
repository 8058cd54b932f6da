package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.Assembler;
import dev.candor.engine.kernels.x86.Register;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;

/**
 * What the code that multiplies strips by a tile of tokens has in common on all processors. The
 * function is
 *
 * <pre>
 *   (weights, tile, y, yBytes, blocks, strips, yStrideBytes, lastRows)
 * </pre>
 *
 * <p>with the strips one after the other from {@code weights}, y of the first row and token {@code
 * yBytes} into y, and only {@code lastRows} of the last strip's rows stored.
 */
final class StripCode {

  static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG);

  // Where the System V calling convention leaves them.
  static final Register WEIGHTS = Register.RDI;
  static final Register TILE = Register.RSI;
  static final Register OUT = Register.RDX;
  static final Register OUT_BYTES = Register.RCX;
  static final Register BLOCKS = Register.R8;
  static final Register STRIPS = Register.R9;

  /**
   * Bytes ahead that a stream of weights or values is asked for: what a core of 40 GB/s reads in
   * twice the latency of memory, and a quarter of a first-level cache. Measured on one: 1 to 16
   * KiB.
   */
  static final int AHEAD = 8192;

  private StripCode() {}

  /** The shape of a tile's record; see {@link Inputs}. */
  record TileShape(int tokens) {
    Address quants(Register base, int token, int group) {
      return Address.of(base, 32 * token + 4 * group);
    }

    Address scale(Register base, int token) {
      return Address.of(base, 32 * tokens + 4 * token);
    }

    /** −Σq of the block (0), its first (1) or second half (2). */
    Address negativeSum(Register base, int token, int part) {
      return Address.of(base, 32 * tokens + 4 * tokens * (1 + part) + 4 * token);
    }

    /** d·Σq of the same. */
    Address scaledSum(Register base, int token, int part) {
      return Address.of(base, 32 * tokens + 4 * tokens * (4 + part) + 4 * token);
    }

    int recordBytes() {
      return 64 * tokens;
    }
  }

  /** Where the weights of a call come from, and what becomes of them. */
  enum Reading {
    /**
     * From memory, for one tile: they pass by the caches behind the first and throw nothing out
     * there, which is worth a sixth of the time.
     */
    ONCE,
    /** From memory, and for further tiles from the caches. */
    AGAIN,
    /** They have just been written, and nothing that follows them is read. */
    WRITTEN
  }

  /** Asks for the record that comes {@link #AHEAD} of this one. */
  static void prefetch(Assembler a, StripFormat shape, Reading reading) {
    if (reading == Reading.WRITTEN) {
      return;
    }
    int level = reading == Reading.ONCE ? 0 : 1;
    a.prefetch(level, Address.of(WEIGHTS, AHEAD), shape.recordBytes());
  }
}
