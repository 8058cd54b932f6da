package dev.candor.engine.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.Assembler;
import dev.candor.engine.kernels.x86.CodeBuffer.Condition;
import dev.candor.engine.kernels.x86.CodeBuffer.Label;
import dev.candor.engine.kernels.x86.Processor;
import dev.candor.engine.kernels.x86.Register;
import dev.candor.engine.kernels.x86.VectorOp;
import java.lang.foreign.FunctionDescriptor;

/**
 * Code of the gradient of the selective scan with 16 states a channel; see {@link
 * GradientKernels#scanGradient}. Channels are worked off in groups of up to 16: their inputs are
 * taken from the rows of tokens, each channel runs forwards and backwards with its states in the
 * lanes, and what is one number a channel and token is finished for the group at once.
 *
 * <p>Between the three there is a record for each token in memory, and one before the first and
 * after the last: rows of 16 lanes, of the channels or of the states of one.
 */
final class ScanGradientCode {

  /** States of a channel, and channels of a group. */
  static final int STATES = 16;

  // Where the rows of a record are; of the group's channels first.
  private static final int STEP = 0; // Δ
  private static final int SCALED = 64; // Δ·v
  private static final int OUTPUT = 128; // G
  private static final int INPUT = 192; // v
  private static final int BETA = 256;
  private static final int SLOPE = 320; // Σ Q·A

  // Then, for each of the channels that run together, S and exp(Δ·A).
  private static final int STATE = 384;
  private static final int DECAY = 448;
  private static final int CHANNEL = 128;

  /**
   * (x, xBytes, y, yBytes, z, zBytes, w, wBytes, records, tokens, strideBytes, lanes), the same for
   * all of them, so that one handle calls them. Records are those of the first token; there is at
   * least one.
   */
  static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG,
          JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static final Register X = Register.RDI;
  private static final Register Y = Register.RDX;
  private static final Register Z = Register.R8;
  private static final Register W = Register.R10;
  private static final Register AT = Register.RSI;
  private static final Register TOKENS = Register.RCX;
  private static final Register STRIDE = Register.R9;
  private static final Register LANES = Register.R11;
  private static final Register LEFT = Register.RAX;

  private final LaneCode code;
  private final Assembler a;

  /** Bytes of the record of a token. */
  private final int record;

  /** Whether a group may have fewer channels than lanes. */
  private final boolean tail;

  private ScanGradientCode(Processor processor, boolean tail) {
    this.code = new LaneCode(processor);
    this.a = code.a;
    this.tail = tail;
    this.record = recordBytes(processor);
    a.add(X, Register.RSI);
    a.add(Y, Register.RCX);
    a.add(Z, Register.R9);
    a.load(W, argument(0));
    a.load(LEFT, argument(1));
    a.add(W, LEFT);
    a.load(AT, argument(2));
    a.load(TOKENS, argument(3));
    a.load(STRIDE, argument(4));
    a.load(LANES, argument(5));
  }

  /**
   * Channels that run together: they share what is loaded for a token, which comes from the second
   * cache, so that as many as there are registers for are worth it.
   */
  static int together(Processor processor) {
    return processor == Processor.AVX512 ? 4 : 1;
  }

  static int recordBytes(Processor processor) {
    return STATE + CHANNEL * together(processor);
  }

  /**
   * Fills the records of a group of {@code lanes} channels, and adds to its dGradient.
   *
   * <p>x, y, z are delta, v and G of the last token, a stride behind that of the one before; w is
   * dGradient.
   */
  static byte[] prepare(Processor processor, boolean tail) {
    return new ScanGradientCode(processor, tail).prepare();
  }

  /**
   * So many channels, 1 or {@link #together(Processor)}, from lane {@code lanes} of their group on.
   * x is A of the first, y and z are bc and its gradient of the first token, a stride before that
   * of the next one, w is aGradient of the first channel.
   */
  static byte[] channels(Processor processor, int channels) {
    return new ScanGradientCode(processor, false).channels(channels);
  }

  /**
   * Writes the gradients of delta, x, and of v, y, from the first token on; z is D of the group of
   * {@code lanes} channels. w is not used.
   */
  static byte[] finish(Processor processor, boolean tail) {
    return new ScanGradientCode(processor, tail).finish();
  }

  private static Address argument(int index) {
    return Address.of(Register.RSP, 8 * (1 + index));
  }

  private static Address record(int row) {
    return Address.of(AT, row);
  }

  private void load(int row, Register from, int mask) {
    if (tail) {
      code.loadTail(row, Address.of(from, 0), 0, mask, mask);
    } else {
      code.load(row, Address.of(from, 0));
    }
  }

  private void store(int row, Register to, int mask) {
    if (tail) {
      code.storeTail(row, Address.of(to, 0), mask);
    } else {
      code.store(row, Address.of(to, 0));
    }
  }

  private void mask(int mask) {
    if (tail) {
      code.tail(LANES, LEFT, mask);
    }
  }

  /** Points at the record of the last token. */
  private void toLast() {
    a.set(LEFT, record);
    a.multiply(LEFT, TOKENS);
    a.add(AT, LEFT);
    a.subtract(AT, record);
  }

  private byte[] prepare() {
    int sum = 0;
    int step = 1;
    int input = 2;
    int output = 3;
    int mask = 7;
    mask(mask);
    // Before the first token S is 0; the last has no Γ behind it, see backwards().
    code.zero(step);
    code.constant(input, 1f);
    for (int at = STATE; at < record; at += CHANNEL) {
      code.store(step, record(at - record));
    }
    toLast();
    for (int at = DECAY; at < record; at += CHANNEL) {
      code.store(input, record(at + record));
    }
    load(sum, W, mask);
    Label token = new Label();
    a.alignLoop();
    a.bind(token);
    load(step, X, mask);
    load(input, Y, mask);
    load(output, Z, mask);
    code.store(step, record(STEP));
    code.store(input, record(INPUT));
    code.store(output, record(OUTPUT));
    code.op(VectorOp.FMADD231PS, sum, output, input);
    code.op(VectorOp.MULPS, step, step, input);
    code.store(step, record(SCALED));
    a.subtract(X, STRIDE);
    a.subtract(Y, STRIDE);
    a.subtract(Z, STRIDE);
    a.subtract(AT, record);
    a.subtract(TOKENS, 1);
    a.jumpIf(Condition.NOT_EQUAL, token);
    store(sum, W, mask);
    return finished();
  }

  private byte[] channels(int channels) {
    for (int c = 0; c < channels; c++) {
      code.load(channels + c, Address.of(X, 64 * c));
    }
    // The first channel's lane, from here on a distance in bytes.
    a.shiftLeft(LANES, 2);
    forwards(channels);
    backwards(channels);
    return finished();
  }

  /** A channel's number in a row of the record. */
  private static Address number(int row, int channel) {
    return Address.of(AT, LANES, 1, row + 4 * channel);
  }

  private static Address state(int channel) {
    return record(STATE + CHANNEL * channel);
  }

  private static Address decay(int channel) {
    return record(DECAY + CHANNEL * channel);
  }

  /**
   * States and decays of all tokens; Y, Z and AT go from the first to behind the last. Rows are the
   * states of each channel, its A, and temporaries.
   */
  private void forwards(int channels) {
    int rate = channels;
    int input = 2 * channels;
    int decay = input + 1;
    for (int c = 0; c < channels; c++) {
      code.zero(c);
    }
    a.move(LEFT, TOKENS);
    Label token = new Label();
    a.alignLoop();
    a.bind(token);
    for (int c = 0; c < channels; c++) {
      code.broadcast(decay, number(STEP, c));
      code.op(VectorOp.MULPS, decay, decay, rate + c);
      code.exp(decay, decay + 1, decay + 2, decay + 3);
      code.store(decay, decay(c));
      code.broadcast(input, number(SCALED, c));
      code.op(VectorOp.MULPS, input, input, Address.of(Y, 0));
      code.op(VectorOp.FMADD213PS, c, decay, input);
      code.store(c, state(c));
    }
    a.add(Y, STRIDE);
    a.add(Z, STRIDE);
    a.add(AT, record);
    a.subtract(LEFT, 1);
    a.jumpIf(Condition.NOT_EQUAL, token);
  }

  /** Rows are Γ of each channel, its A, its gradient of A, and temporaries. */
  private void backwards(int channels) {
    int rate = channels;
    int slope = 2 * channels;
    int factor = 3 * channels;
    int q = factor + 1;
    int sum = factor + 2;
    int betas = channels == 1 ? sum : factor + 4;
    int slopes = betas + channels;
    int order = slopes + channels;
    for (int c = 0; c < channels; c++) {
      // fma(−0, 1, G·C) is G·C whatever its sign, so that the last token is like the others.
      code.constant(c, -0f);
      code.load(slope + c, Address.of(W, 64 * c));
    }
    if (channels == 4) {
      FoldCode.loadOrder(code, order);
    }
    Label token = new Label();
    a.alignLoop();
    a.bind(token);
    a.subtract(Y, STRIDE);
    a.subtract(Z, STRIDE);
    a.subtract(AT, record);
    code.load(sum, Address.of(Z, 4 * STATES));
    for (int c = 0; c < channels; c++) {
      code.broadcast(factor, number(OUTPUT, c));
      code.op(VectorOp.FMADD231PS, sum, factor, state(c));
      code.op(VectorOp.MULPS, factor, factor, Address.of(Y, 4 * STATES));
      code.load(q, decay(c).plus(record));
      code.op(VectorOp.FMADD213PS, c, q, factor);
    }
    code.store(sum, Address.of(Z, 4 * STATES));
    code.load(sum, Address.of(Z, 0));
    for (int c = 0; c < channels; c++) {
      code.broadcast(factor, number(SCALED, c));
      code.op(VectorOp.FMADD231PS, sum, c, factor);
    }
    code.store(sum, Address.of(Z, 0));
    for (int c = 0; c < channels; c++) {
      code.op(VectorOp.MULPS, q, c, state(c).plus(-record));
      code.op(VectorOp.MULPS, q, q, decay(c));
      code.broadcast(factor, number(STEP, c));
      code.op(VectorOp.FMADD231PS, slope + c, q, factor);
      code.zero(betas + c);
      code.op(VectorOp.FMADD231PS, betas + c, c, Address.of(Y, 0));
      code.zero(slopes + c);
      code.op(VectorOp.FMADD231PS, slopes + c, q, rate + c);
    }
    if (channels == 4) {
      FoldCode.storeFours(code, betas, slopes, factor, order, number(BETA, 0), number(SLOPE, 0));
    } else {
      FoldCode.storeTwo(code, betas, slopes, factor, number(BETA, 0), number(SLOPE, 0));
    }
    a.subtract(TOKENS, 1);
    a.jumpIf(Condition.NOT_EQUAL, token);
    for (int c = 0; c < channels; c++) {
      code.store(slope + c, Address.of(W, 64 * c));
    }
  }

  private byte[] finish() {
    int skip = 0;
    int beta = 1;
    int delta = 2;
    int value = 3;
    int mask = 7;
    mask(mask);
    load(skip, Z, mask);
    Label token = new Label();
    a.alignLoop();
    a.bind(token);
    code.load(beta, record(BETA));
    code.load(delta, record(SLOPE));
    code.op(VectorOp.FMADD231PS, delta, beta, record(INPUT));
    store(delta, X, mask);
    code.op(VectorOp.MULPS, value, skip, record(OUTPUT));
    code.op(VectorOp.FMADD231PS, value, beta, record(STEP));
    store(value, Y, mask);
    a.add(X, STRIDE);
    a.add(Y, STRIDE);
    a.add(AT, record);
    a.subtract(TOKENS, 1);
    a.jumpIf(Condition.NOT_EQUAL, token);
    return finished();
  }

  private byte[] finished() {
    a.finish();
    return a.assemble();
  }
}
