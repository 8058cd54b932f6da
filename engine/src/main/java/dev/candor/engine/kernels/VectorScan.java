package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.FLOATS;

import jdk.incubator.vector.FloatVector;

/** The selective scan of 16 states a channel; see {@link Kernels#selectiveScan}. */
final class VectorScan {

  private VectorScan() {}

  /**
   * One group of lanes of one channel over some tokens, its state in a register: lanes[16·t + group
   * + …] = S·C of each token.
   *
   * @param at where the channel's 16 states and A begin
   * @param inputs where the channel of the first token is in delta and v
   */
  static void channel(
      float[] state,
      float[] a,
      int at,
      float[] delta,
      float[] v,
      int inputs,
      int channels,
      float[] bc,
      int bcOffset,
      int bcStride,
      int tokens,
      int group,
      float[] lanes) {
    FloatVector s = FloatVector.fromArray(FLOATS, state, at + group);
    FloatVector rate = FloatVector.fromArray(FLOATS, a, at + group);
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int t = 0; t < tokens; t++) {
      float step = delta[inputs + t * channels];
      float scaled = step * v[inputs + t * channels];
      int b = bcOffset + t * bcStride + group;
      FloatVector decay = VectorFunctions.exp(rate.mul(step));
      s = decay.fma(s, FloatVector.fromArray(FLOATS, bc, b).mul(scaled));
      s.fma(FloatVector.fromArray(FLOATS, bc, b + 16), zero).intoArray(lanes, 16 * t + group);
    }
    s.intoArray(state, at + group);
  }
}
