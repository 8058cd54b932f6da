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

  private final BlockFormat format;
  private final int queries;
  private final int columns;
  private final boolean ahead;

  private AttentionCode(
      Processor processor, BlockFormat format, int queries, int columns, boolean ahead) {
    super(processor);
    this.format = format;
    this.queries = queries;
    this.columns = columns;
    this.ahead = ahead;
  }

  /**
   * Code of {@link MatrixCall} that counts strips of keys, and scales the scores.
   *
   * @param ahead whether to ask for keys before they are needed: a fifth to a half faster where
   *     they come from memory, a sixth slower where they are in the cache
   */
  static byte[] scores(
      Processor processor, BlockFormat format, int queries, int columns, boolean ahead) {
    return new AttentionCode(processor, format, queries, columns, ahead).scores();
  }

  /**
   * Code of {@link MatrixCall} that counts rows of values, from 1, without a scale.
   *
   * @param ahead whether to ask for values before they are needed: a quarter faster where they come
   *     from memory
   */
  static byte[] values(
      Processor processor, BlockFormat format, int queries, int columns, boolean ahead) {
    return new AttentionCode(processor, format, queries, columns, ahead).values();
  }

  /** Bytes of 16 plain floats of the cache. */
  private int groupBytes() {
    return (int) format.bytes(16);
  }

  /** Row = 16 plain floats of the cache. */
  private void loadFloats(int row, Address address) {
    if (format == BlockFormat.F16) {
      code.loadHalves(row, address);
    } else {
      code.load(row, address);
    }
  }

  private byte[] scores() {
    int scale = code.rows() - 1;
    code.broadcastArgument(scale, 0);
    enter(queries);
    // As many independent sums as there is room for beside a key, a factor and the scale: they hide
    // the latency of an addition, and a turn of the loop is worth more. Eight strips at most.
    int sums = code.rows() > 8 ? 24 : 4;
    int together = Math.max(1, Math.min(8, sums / queries));
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
    int stripBytes = columns * groupBytes();
    int key = strips * queries;
    int temporary = key + 1;
    for (int sum = 0; sum < key; sum++) {
      code.zero(sum);
    }
    Label loop = new Label();
    a.set(AT, 0);
    a.move(DATA_AT, DATA);
    if (ahead) {
      a.move(NEXT, DATA);
      a.add(NEXT, strips * stripBytes);
    }
    a.bind(loop);
    if (ahead) {
      askForNext(strips * groupBytes());
    }
    for (int s = 0; s < strips; s++) {
      loadFloats(key, Address.of(DATA_AT, s * stripBytes));
      for (int i = 0; i < queries; i++) {
        Address q = Address.of(INPUTS[i], AT, 1, 0);
        code.multiplyAddBroadcast(s * queries + i, key, q, temporary);
      }
    }
    a.add(DATA_AT, groupBytes());
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
    int groups = columns / 16;
    // Registers for the values, a weight and, of Q8_0, a scale; the rest for sums.
    int others = format == BlockFormat.Q8_0 ? 3 : 2;
    int slab = Math.max(1, Math.min(groups, (code.rows() - others) / queries));
    for (int first = 0; first < groups; first += slab) {
      addSlab(first, Math.min(slab, groups - first));
    }
    return leave();
  }

  /** Row = values of columns [16·group, 16·group + 16) of the cache's row at {@link #DATA_AT}. */
  private void loadValues(int row, int group, int scale, boolean first) {
    if (format != BlockFormat.Q8_0) {
      loadFloats(row, Address.of(DATA_AT, groupBytes() * group));
      return;
    }
    int block = format.blockBytes() * (group / 2);
    if (first || group % 2 == 0) {
      code.broadcastHalf(scale, Address.of(DATA_AT, block));
    }
    code.loadBytes(row, Address.of(DATA_AT, block + 2 + 16 * (group % 2)));
    code.op(VectorOp.MULPS, row, row, scale);
  }

  /** Columns [16·first, 16·(first + count)) of all rows. */
  private void addSlab(int first, int count) {
    int value = queries * count;
    int weight = value + 1;
    int scale = value + 2;
    for (int i = 0; i < queries; i++) {
      for (int b = 0; b < count; b++) {
        code.load(i * count + b, Address.of(OUTPUTS[i], 64 * (first + b)));
      }
    }
    Label loop = new Label();
    a.move(DATA_AT, DATA);
    a.set(AT, 0);
    a.move(LEFT, COUNT);
    a.alignLoop();
    a.bind(loop);
    if (ahead && first == 0) {
      a.prefetch(1, Address.of(DATA_AT, StripCode.AHEAD), (int) format.bytes(columns));
    }
    for (int b = 0; b < count; b++) {
      loadValues(value, first + b, scale, b == 0);
      for (int i = 0; i < queries; i++) {
        Address p = Address.of(INPUTS[i], AT, 1, 0);
        code.multiplyAddBroadcast(i * count + b, value, p, weight);
      }
    }
    a.add(DATA_AT, (int) format.bytes(columns));
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
