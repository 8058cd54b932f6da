package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.BYTES;
import static dev.candor.engine.kernels.LaneVectors.FLOATS;
import static dev.candor.engine.kernels.LaneVectors.INTS;
import static dev.candor.engine.kernels.LaneVectors.LANES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link Inputs#roundScalar} by the Vector API; one per thread. */
final class VectorRounding {

  private final int[] quants = new int[Inputs.BLOCK];
  private final byte[] narrow = new byte[Inputs.BLOCK];
  private final int[] halves = new int[2];

  void round(Inputs in, int from, int to) {
    for (int token = from; token < to; ) {
      int tile = in.tile(token);
      int some = Math.min(tile, to - token);
      for (int t = 0; t < some; t++) {
        for (int b = 0; b < in.blocks(); b++) {
          long at = in.tileAt(token) + (long) Inputs.TOKEN_BYTES * tile * b;
          int first = in.offset() + (token + t) * in.stride() + Inputs.BLOCK * b;
          roundBlock(in.values(), first, in.rounded(), at, tile, t);
        }
      }
      token += tile;
    }
  }

  private void roundBlock(float[] x, int first, MemorySegment out, long at, int tile, int t) {
    // Magnitudes compare as their bits do; those of infinities and NaN are the greatest.
    IntVector magnitudes = IntVector.zero(INTS);
    for (int j = 0; j < Inputs.BLOCK; j += LANES) {
      magnitudes =
          magnitudes.max(
              FloatVector.fromArray(FLOATS, x, first + j).reinterpretAsInts().and(0x7FFF_FFFF));
    }
    float largest = Float.intBitsToFloat(magnitudes.reduceLanes(VectorOperators.MAX));
    boolean finite = largest < Float.POSITIVE_INFINITY;
    boolean zero = !finite || largest < Inputs.LEAST;
    float d = finite ? zero ? 0 : largest / 127f : Float.NaN;
    int lower = 0;
    int upper = 0;
    if (zero) {
      out.asSlice(at + 32L * t, Inputs.BLOCK).fill((byte) 0);
    } else {
      quantise(x, first, 127f / largest);
      lower = halves[0];
      upper = halves[1];
      for (int j = 0; j < Inputs.BLOCK; j += BYTES.length()) {
        ByteVector.fromArray(BYTES, narrow, j)
            .intoMemorySegment(out, at + 32L * t + j, ByteOrder.LITTLE_ENDIAN);
      }
    }
    long rest = at + 32L * tile + 4L * t;
    long array = 4L * tile;
    out.set(ValueLayout.JAVA_FLOAT, rest, d);
    out.set(ValueLayout.JAVA_INT, rest + array, -(lower + upper));
    out.set(ValueLayout.JAVA_INT, rest + 2 * array, -lower);
    out.set(ValueLayout.JAVA_INT, rest + 3 * array, -upper);
    out.set(ValueLayout.JAVA_FLOAT, rest + 4 * array, d * (lower + upper));
    out.set(ValueLayout.JAVA_FLOAT, rest + 5 * array, d * lower);
    out.set(ValueLayout.JAVA_FLOAT, rest + 6 * array, d * upper);
  }

  /** Leaves the quants in narrow and the sums of their halves in halves[0] and [1]. */
  private void quantise(float[] x, int first, float inverse) {
    for (int half = 0; half < 2; half++) {
      IntVector sum = IntVector.zero(INTS);
      for (int j = 16 * half; j < 16 * half + 16; j += LANES) {
        IntVector q =
            FloatVector.fromArray(FLOATS, x, first + j)
                .mul(inverse)
                .add(ElementaryFunctions.ROUND)
                .reinterpretAsInts()
                .sub(ElementaryFunctions.ROUND_BITS);
        sum = sum.add(q);
        q.intoArray(quants, j);
      }
      halves[half] = sum.reduceLanes(VectorOperators.ADD);
    }
    for (int j = 0; j < Inputs.BLOCK; j++) {
      narrow[j] = (byte) quants[j];
    }
  }
}
