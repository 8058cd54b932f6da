package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.CodeBuffer.Condition;
import dev.candor.engine.kernels.x86.CodeBuffer.Label;
import dev.candor.engine.kernels.x86.Processor;
import dev.candor.engine.kernels.x86.VectorOp;

/**
 * Code of products with matrices of plain floats in rows: sixteen partial sums for each row and
 * token, folded at the end, as {@link Kernels#dot} fixes it. Columns are whole groups of 16.
 */
final class FloatProductCode extends RowTileCode {

  /** Rows of a call should be a multiple of this: of all that are multiplied together. */
  static final int ROWS = 12;

  private final BlockFormat format;
  private final int tokens;
  private final int columns;

  private FloatProductCode(Processor processor, BlockFormat format, int tokens, int columns) {
    super(processor);
    this.format = format;
    this.tokens = tokens;
    this.columns = columns;
  }

  /** Most tokens of one call: those whose sums, inputs and weights find registers. */
  static int tokens(Processor processor) {
    return processor == Processor.AVX512 ? TILE : 2;
  }

  /** Code of {@link RowTileCode} for so many tokens, 1 to {@link #tokens(Processor)}. */
  static byte[] code(Processor processor, BlockFormat format, int tokens, int columns) {
    return new FloatProductCode(processor, format, tokens, columns).product();
  }

  private int elementBytes() {
    return format.blockBytes();
  }

  private byte[] product() {
    enter(tokens);
    // Registers for the sums, the inputs of each token, and the weights of each row of matrix.
    int together = Math.min(4, (code.rows() - tokens) / (tokens + 1));
    Label many = new Label();
    Label few = new Label();
    Label one = new Label();
    Label end = new Label();
    a.bind(many);
    a.compare(COUNT, together);
    a.jumpIf(Condition.LESS, few);
    multiplyRows(together);
    a.jump(many);
    a.bind(few);
    if (together > 1) {
      a.bind(one);
      a.compare(COUNT, 1);
      a.jumpIf(Condition.LESS, end);
      multiplyRows(1);
      a.jump(one);
      a.bind(end);
    }
    return leave();
  }

  /** Products with so many rows; moves on to what follows them. */
  private void multiplyRows(int rows) {
    int rowBytes = columns * elementBytes();
    int inputs = rows * tokens;
    int weights = inputs + tokens;
    for (int sum = 0; sum < inputs; sum++) {
      code.zero(sum);
    }
    Label loop = new Label();
    a.set(AT, 0);
    a.move(DATA_AT, DATA);
    a.move(NEXT, DATA);
    a.add(NEXT, rows * rowBytes);
    a.alignLoop();
    a.bind(loop);
    askForNext(rows * 16 * elementBytes());
    for (int t = 0; t < tokens; t++) {
      code.load(inputs + t, Address.of(INPUTS[t], AT, 1, 0));
    }
    for (int r = 0; r < rows; r++) {
      loadWeights(weights + r, Address.of(DATA_AT, r * rowBytes));
      for (int t = 0; t < tokens; t++) {
        code.op(VectorOp.FMADD231PS, r * tokens + t, weights + r, inputs + t);
      }
    }
    a.add(DATA_AT, 16 * elementBytes());
    a.add(AT, 64);
    a.compare(AT, 4 * columns);
    a.jumpIf(Condition.NOT_EQUAL, loop);
    for (int r = 0; r < rows; r++) {
      for (int t = 0; t < tokens; t++) {
        code.fold(r * tokens + t, inputs);
        code.storeFirst(r * tokens + t, Address.of(OUTPUTS[t], 4 * r));
      }
    }
    for (int t = 0; t < tokens; t++) {
      a.add(OUTPUTS[t], 4 * rows);
    }
    a.add(DATA, rows * rowBytes);
    a.subtract(COUNT, rows);
  }

  private void loadWeights(int row, Address source) {
    switch (format) {
      case F32 -> code.load(row, source);
      case F16 -> code.loadHalves(row, source);
      case BF16 -> code.loadUpperHalves(row, source);
      default -> throw new IllegalArgumentException(format + " is not of plain floats");
    }
  }
}
