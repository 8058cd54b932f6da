package dev.candor.engine.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
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
 * Code of attention over a cache: the scores of some queries with keys in strips, and the sum of
 * values under some queries' weights. Keys and values are read once for up to {@link #QUERIES}
 * queries.
 */
final class AttentionCode {

  /** Most queries of one call. */
  static final int QUERIES = 4;

  /** (keys, q, qBytes, scores, scoresBytes, strips, qStrideBytes, scoresStrideBytes, scale). */
  static final FunctionDescriptor SCORES =
      FunctionDescriptor.ofVoid(
          JAVA_LONG,
          ADDRESS,
          JAVA_LONG,
          ADDRESS,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_FLOAT);

  /** Where each query's row of q, scores, p or out is, one register each. */
  private static final Register[] INPUTS = {Register.RSI, Register.R10, Register.R11, Register.RBX};

  private static final Register[] OUTPUTS = {
    Register.RCX, Register.R12, Register.R13, Register.R14
  };

  private static final Register DATA = Register.RDI;
  private static final Register COUNT = Register.R9;
  private static final Register AT = Register.RAX;
  private static final Register LEFT = Register.RDX;
  private static final Register DATA_AT = Register.RBP;

  /** Bytes that the saved registers take, below the arguments on the stack. */
  private static final int SAVED = 48;

  private final LaneCode code;
  private final Assembler a;
  private final boolean halves;
  private final int queries;
  private final int columns;

  private AttentionCode(Processor processor, boolean halves, int queries, int columns) {
    this.code = new LaneCode(processor);
    this.a = code.a;
    this.halves = halves;
    this.queries = queries;
    this.columns = columns;
  }

  static byte[] scores(Processor processor, boolean halves, int queries, int columns) {
    return new AttentionCode(processor, halves, queries, columns).scores();
  }

  static byte[] values(Processor processor, boolean halves, int queries, int columns) {
    return new AttentionCode(processor, halves, queries, columns).values();
  }

  private int elementBytes() {
    return halves ? 2 : 4;
  }

  /** Row = 16 elements of the cache. */
  private void loadCache(int row, Address address) {
    if (halves) {
      code.loadHalves(row, address);
    } else {
      code.load(row, address);
    }
  }

  /** Saves registers, and points one at each query's row of inputs and outputs. */
  private void enter() {
    for (Register register : saved()) {
      a.push(register);
    }
    a.add(INPUTS[0], Register.RDX);
    a.add(OUTPUTS[0], Register.R8);
    a.load(Register.RAX, Address.of(Register.RSP, SAVED + 8));
    a.load(Register.RDX, Address.of(Register.RSP, SAVED + 16));
    for (int i = 1; i < queries; i++) {
      a.move(INPUTS[i], INPUTS[i - 1]);
      a.add(INPUTS[i], Register.RAX);
      a.move(OUTPUTS[i], OUTPUTS[i - 1]);
      a.add(OUTPUTS[i], Register.RDX);
    }
  }

  private static Register[] saved() {
    return new Register[] {
      Register.RBX, Register.RBP, Register.R12, Register.R13, Register.R14, Register.R15
    };
  }

  private byte[] leave() {
    Register[] saved = saved();
    for (int i = saved.length - 1; i >= 0; i--) {
      a.pop(saved[i]);
    }
    a.finish();
    return a.assemble();
  }

  private byte[] scores() {
    int scale = code.rows() - 1;
    code.broadcastArgument(scale, 0);
    enter();
    // Enough independent sums to hide the latency of an addition.
    int together = Math.max(1, (code.rows() > 8 ? 8 : 4) / queries);
    Label many = new Label();
    Label few = new Label();
    Label one = new Label();
    Label end = new Label();
    a.bind(many);
    a.compare(COUNT, together);
    a.jumpIf(Condition.LESS, few);
    scoreStrips(together, scale);
    a.jump(many);
    a.bind(few);
    if (together > 1) {
      a.bind(one);
      a.compare(COUNT, 1);
      a.jumpIf(Condition.LESS, end);
      scoreStrips(1, scale);
      a.jump(one);
      a.bind(end);
    }
    return leave();
  }

  /** Scores of so many strips; moves on to what follows them. */
  private void scoreStrips(int strips, int scale) {
    int stripBytes = columns * 16 * elementBytes();
    int key = strips * queries;
    int temporary = key + 1;
    for (int sum = 0; sum < key; sum++) {
      code.zero(sum);
    }
    Label loop = new Label();
    a.set(AT, 0);
    a.move(DATA_AT, DATA);
    a.bind(loop);
    for (int s = 0; s < strips; s++) {
      loadCache(key, Address.of(DATA_AT, s * stripBytes));
      for (int i = 0; i < queries; i++) {
        Address q = Address.of(INPUTS[i], AT, 1, 0);
        code.multiplyAddBroadcast(s * queries + i, key, q, temporary);
      }
    }
    a.add(DATA_AT, 16 * elementBytes());
    a.add(AT, 4);
    a.compare(AT, 4 * columns);
    a.jumpIf(Condition.NOT_EQUAL, loop);
    for (int s = 0; s < strips; s++) {
      for (int i = 0; i < queries; i++) {
        code.op(VectorOp.MULPS, s * queries + i, s * queries + i, scale);
        code.store(s * queries + i, Address.of(OUTPUTS[i], 64 * s));
      }
    }
    for (int i = 0; i < queries; i++) {
      a.add(OUTPUTS[i], 64 * strips);
    }
    a.add(DATA, strips * stripBytes);
    a.subtract(COUNT, strips);
  }

  /**
   * (values, p, pBytes, out, outBytes, rows, pStrideBytes, outStrideBytes), of the type {@link
   * CacheCall#TYPE}; rows from 1.
   */
  private byte[] values() {
    enter();
    int rows = columns / 16;
    // One register for the values, one for a weight; the rest for sums.
    int slab = Math.max(1, Math.min(rows, (code.rows() - 2) / queries));
    for (int first = 0; first < rows; first += slab) {
      addSlab(first, Math.min(slab, rows - first));
    }
    return leave();
  }

  /** Columns [16·first, 16·(first + count)) of all rows. */
  private void addSlab(int first, int count) {
    int value = queries * count;
    int weight = value + 1;
    for (int i = 0; i < queries; i++) {
      for (int b = 0; b < count; b++) {
        code.load(i * count + b, Address.of(OUTPUTS[i], 64 * (first + b)));
      }
    }
    Label loop = new Label();
    a.move(DATA_AT, DATA);
    a.add(DATA_AT, 16 * elementBytes() * first);
    a.set(AT, 0);
    a.move(LEFT, COUNT);
    a.alignLoop();
    a.bind(loop);
    for (int b = 0; b < count; b++) {
      loadCache(value, Address.of(DATA_AT, 16 * elementBytes() * b));
      for (int i = 0; i < queries; i++) {
        Address p = Address.of(INPUTS[i], AT, 1, 0);
        code.multiplyAddBroadcast(i * count + b, value, p, weight);
      }
    }
    a.add(DATA_AT, columns * elementBytes());
    a.add(AT, 4);
    a.subtract(LEFT, 1);
    a.jumpIf(Condition.NOT_EQUAL, loop);
    for (int i = 0; i < queries; i++) {
      for (int b = 0; b < count; b++) {
        code.store(i * count + b, Address.of(OUTPUTS[i], 64 * (first + b)));
      }
    }
  }
}
