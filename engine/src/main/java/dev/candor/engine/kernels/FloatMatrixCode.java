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
 * Code of {@link GradientKernels#addProduct}: it takes a tile of C into registers, adds the product
 * of a block of depth, and puts it back. B lies in a panel as wide as the tile; where A lies does
 * not matter, since its elements are loaded one by one.
 */
final class FloatMatrixCode {

  /**
   * (a, aBytes, c, cBytes, b, depth, rows, aRowBytes, aDepthBytes, cRowBytes, lanes), the same for
   * both codes, so that one handle calls them.
   */
  static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
          JAVA_LONG, JAVA_LONG, JAVA_LONG);

  /** Rows that one pointer and three multiples of the stride reach. */
  private static final int REACH = 7;

  private static final Register A = Register.RDI;
  private static final Register A_BYTES = Register.RSI;
  private static final Register C = Register.RDX;
  private static final Register C_BYTES = Register.RCX;
  private static final Register B = Register.R8;
  private static final Register DEPTH = Register.R9;

  private static final Register ROWS = Register.RCX;
  private static final Register A_ROW = Register.R10;
  private static final Register A_ROW_3 = Register.R11;
  private static final Register A_ROW_5 = Register.RBX;
  private static final Register A_DEPTH = Register.RBP;
  private static final Register C_ROW = Register.R12;
  private static final Register A_AT = Register.RSI;
  private static final Register A_AT_7 = Register.R13;
  private static final Register B_AT = Register.R14;
  private static final Register LEFT = Register.R15;
  private static final Register C_AT = Register.RAX;

  private static final Register[] SAVED = {
    Register.RBX, Register.RBP, Register.R12, Register.R13, Register.R14, Register.R15
  };

  // Arguments without a register.
  private static final Address ROWS_ON_STACK = argument(0);
  private static final Address A_ROW_ON_STACK = argument(1);
  private static final Address A_DEPTH_ON_STACK = argument(2);
  private static final Address C_ROW_ON_STACK = argument(3);
  private static final Address LANES_ON_STACK = argument(4);

  private final LaneCode code;
  private final Assembler a;
  private final int groups;
  private final boolean tail;

  private FloatMatrixCode(Processor processor, int groups, boolean tail) {
    this.code = new LaneCode(processor);
    this.a = code.a;
    this.groups = groups;
    this.tail = tail;
  }

  /** Groups of 16 columns that a tile has at most. */
  static int groups(Processor processor) {
    return processor == Processor.AVX512 ? 2 : 1;
  }

  /**
   * Adds the product of A and a panel of B to C, from one row and a depth of one on: element (i, k)
   * of A lies at a + i·aRowBytes + k·aDepthBytes, row k of B at b + k·64·groups, row i of C at c +
   * i·cRowBytes.
   *
   * @param groups 1 to {@link #groups(Processor)}
   * @param tail whether only {@code lanes} columns of the last group exist in C
   */
  static byte[] addProduct(Processor processor, int groups, boolean tail) {
    return new FloatMatrixCode(processor, groups, tail).addProduct();
  }

  /**
   * Copies {@code depth} rows, from 1, of {@code rows} whole groups of 16 floats and {@code lanes}
   * more to memory at {@code b}: the row at a + i·aRowBytes to b + i·aDepthBytes. A group that is
   * not whole is filled with zeros. C is not used.
   */
  static byte[] copyRows(Processor processor) {
    return new FloatMatrixCode(processor, 1, true).copyRows();
  }

  private static Address argument(int index) {
    return Address.of(Register.RSP, 8 * (SAVED.length + 1 + index));
  }

  private byte[] addProduct() {
    enter();
    a.add(C, C_BYTES);
    a.load(ROWS, ROWS_ON_STACK);
    a.load(A_DEPTH, A_DEPTH_ON_STACK);
    a.load(C_ROW, C_ROW_ON_STACK);
    a.loadAddress(A_ROW_3, Address.of(A_ROW, A_ROW, 2, 0));
    a.loadAddress(A_ROW_5, Address.of(A_ROW, A_ROW, 4, 0));
    // The sums, the panel's row and one element of A find registers.
    int most = code.rows() > 8 ? 2 * REACH : 6;
    Label many = new Label();
    Label few = new Label();
    Label end = new Label();
    a.bind(many);
    a.compare(ROWS, most);
    a.jumpIf(Condition.LESS, few);
    tile(most);
    a.jump(many);
    a.bind(few);
    for (int rows = most - 1; rows >= 1; rows--) {
      Label fewer = new Label();
      a.compare(ROWS, rows);
      a.jumpIf(Condition.NOT_EQUAL, fewer);
      tile(rows);
      a.jump(end);
      a.bind(fewer);
    }
    a.bind(end);
    return leave();
  }

  private void enter() {
    for (Register register : SAVED) {
      a.push(register);
    }
    a.add(A, A_BYTES);
    a.load(A_ROW, A_ROW_ON_STACK);
  }

  private byte[] leave() {
    for (int i = SAVED.length - 1; i >= 0; i--) {
      a.pop(SAVED[i]);
    }
    a.finish();
    return a.assemble();
  }

  /** So many rows of C; moves on to what follows them. */
  private void tile(int rows) {
    int panel = rows * groups;
    int element = panel + groups;
    moveTile(rows, panel, false);
    Label loop = new Label();
    a.move(A_AT, A);
    if (rows > REACH) {
      a.move(A_AT_7, A);
      advance(A_AT_7, REACH);
    }
    a.move(B_AT, B);
    a.move(LEFT, DEPTH);
    a.alignLoop();
    a.bind(loop);
    for (int g = 0; g < groups; g++) {
      code.load(panel + g, Address.of(B_AT, 64 * g));
    }
    for (int i = 0; i < rows; i++) {
      if (groups == 1) {
        code.multiplyAddBroadcast(i, panel, row(i), element);
      } else {
        code.broadcast(element, row(i));
        for (int g = 0; g < groups; g++) {
          code.op(VectorOp.FMADD231PS, i * groups + g, element, panel + g);
        }
      }
    }
    a.add(A_AT, A_DEPTH);
    if (rows > REACH) {
      a.add(A_AT_7, A_DEPTH);
    }
    a.add(B_AT, 64 * groups);
    a.subtract(LEFT, 1);
    a.jumpIf(Condition.NOT_EQUAL, loop);
    moveTile(rows, panel, true);
    a.move(C, C_AT);
    advance(A, rows);
    a.subtract(ROWS, rows);
  }

  /** Loads or stores the sums; {@code maskRow} is free meanwhile. */
  private void moveTile(int rows, int maskRow, boolean store) {
    if (tail) {
      a.load(A_AT, LANES_ON_STACK);
      code.tail(A_AT, LEFT, maskRow);
    }
    a.move(C_AT, C);
    for (int i = 0; i < rows; i++) {
      for (int g = 0; g < groups; g++) {
        int sum = i * groups + g;
        Address at = Address.of(C_AT, 64 * g);
        boolean masked = tail && g == groups - 1;
        if (store && masked) {
          code.storeTail(sum, at, maskRow);
        } else if (store) {
          code.store(sum, at);
        } else if (masked) {
          code.loadTail(sum, at, 0, maskRow, maskRow);
        } else {
          code.load(sum, at);
        }
      }
      a.add(C_AT, C_ROW);
    }
  }

  /** The element of row i of the tile at the present depth. */
  private static Address row(int i) {
    Register base = i < REACH ? A_AT : A_AT_7;
    return switch (i % REACH) {
      case 0 -> Address.of(base, 0);
      case 3 -> Address.of(base, A_ROW_3, 1, 0);
      case 5 -> Address.of(base, A_ROW_5, 1, 0);
      case 6 -> Address.of(base, A_ROW_3, 2, 0);
      default -> Address.of(base, A_ROW, i % REACH, 0);
    };
  }

  /** Moves a pointer on by so many rows of A. */
  private void advance(Register pointer, int rows) {
    int left = rows;
    for (; left >= 5; left -= 5) {
      a.add(pointer, A_ROW_5);
    }
    for (; left > 0; left--) {
      a.add(pointer, A_ROW);
    }
  }

  private byte[] copyRows() {
    Register lanes = C;
    Register targetRow = A_DEPTH;
    Label row = new Label();
    Label group = new Label();
    Label rest = new Label();
    Label next = new Label();
    enter();
    a.load(ROWS, ROWS_ON_STACK);
    a.load(targetRow, A_DEPTH_ON_STACK);
    a.load(lanes, LANES_ON_STACK);
    code.tail(lanes, C_AT, 1);
    a.bind(row);
    a.move(A_AT, A);
    a.move(B_AT, B);
    a.move(LEFT, ROWS);
    a.compare(LEFT, 0);
    a.jumpIf(Condition.EQUAL, rest);
    a.bind(group);
    code.load(0, Address.of(A_AT, 0));
    code.store(0, Address.of(B_AT, 0));
    a.add(A_AT, 64);
    a.add(B_AT, 64);
    a.subtract(LEFT, 1);
    a.jumpIf(Condition.NOT_EQUAL, group);
    a.bind(rest);
    a.compare(lanes, 0);
    a.jumpIf(Condition.EQUAL, next);
    code.loadTail(0, Address.of(A_AT, 0), 0, 1, 1);
    code.store(0, Address.of(B_AT, 0));
    a.bind(next);
    a.add(A, A_ROW);
    a.add(B, targetRow);
    a.subtract(DEPTH, 1);
    a.jumpIf(Condition.NOT_EQUAL, row);
    return leave();
  }
}
