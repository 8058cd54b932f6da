package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.CodeBuffer.Condition;
import dev.candor.engine.kernels.x86.CodeBuffer.Label;
import dev.candor.engine.kernels.x86.Processor;
import dev.candor.engine.kernels.x86.VectorOp;

/**
 * Code of attention over a cache: the scores of some queries with keys in strips, and the sum of
 * values under some queries' weights. Keys and values are read once for up to {@link #TILE}
 * queries.
 */
final class AttentionCode extends RowTileCode {

  private final boolean halves;
  private final int queries;
  private final int columns;

  private AttentionCode(Processor processor, boolean halves, int queries, int columns) {
    super(processor);
    this.halves = halves;
    this.queries = queries;
    this.columns = columns;
  }

  /** Code of {@link RowTileCode#TYPE} that counts strips of keys, and scales the scores. */
  static byte[] scores(Processor processor, boolean halves, int queries, int columns) {
    return new AttentionCode(processor, halves, queries, columns).scores();
  }

  /** Code of {@link RowTileCode#TYPE} without a scale. */
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

  private byte[] scores() {
    int scale = code.rows() - 1;
    code.broadcastArgument(scale, 0);
    enter(queries);
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

  private byte[] values() {
    enter(queries);
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
