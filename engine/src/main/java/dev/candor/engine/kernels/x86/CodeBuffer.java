package dev.candor.engine.kernels.x86;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Bytes of machine code with its jumps, and the constants behind it, which are addressed relative
 * to the code, so that it runs wherever it is placed.
 */
public abstract sealed class CodeBuffer permits Assembler {

  /** A place in the code that jumps go to. */
  public static final class Label {
    private int position = -1;
    private final List<Integer> references = new ArrayList<>();
  }

  /** Conditions of jumps, as encoded. */
  public enum Condition {
    BELOW(2),
    ABOVE_OR_EQUAL(3),
    EQUAL(4),
    NOT_EQUAL(5),
    LESS(12),
    GREATER_OR_EQUAL(13),
    LESS_OR_EQUAL(14),
    GREATER(15);

    private final int code;

    Condition(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  private byte[] code = new byte[4096];
  private int size;
  private final ByteBuffer constants = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
  private final Map<Integer, Integer> splats = new LinkedHashMap<>();
  private final List<int[]> constantReferences = new ArrayList<>(); // where, end of instruction

  /** Notes that the 32 bits at the end of the code are the offset of a constant. */
  final void referToConstant(int offset, int immediates) {
    constantReferences.add(new int[] {size, size + 4 + immediates});
    emit32(offset);
  }

  // Jumps.

  public final void bind(Label label) {
    label.position = size;
    for (int reference : label.references) {
      put32(reference, size - reference - 4);
    }
  }

  public final void jump(Label label) {
    emit(0xE9);
    reference(label);
  }

  public final void jumpIf(Condition condition, Label label) {
    emit(0x0F);
    emit(0x80 | condition.code());
    reference(label);
  }

  private void reference(Label label) {
    if (label.position >= 0) {
      emit32(label.position - size - 4);
    } else {
      label.references.add(size);
      emit32(0);
    }
  }

  /** Begins the next instruction at a multiple of 64 bytes, as a loop that is run often should. */
  public final void alignLoop() {
    while (size % 64 != 0) {
      int left = 64 - size % 64;
      // The recommended no-operation of three bytes, and of one.
      if (left >= 3) {
        emit(0x0F);
        emit(0x1F);
        emit(0x00);
      } else {
        emit(0x90);
      }
    }
  }

  // Constants.

  /** The int in all 16 lanes, which serves any width. */
  public final Address splat(int value) {
    int offset =
        splats.computeIfAbsent(
            value,
            v -> {
              int at = constants.position();
              for (int i = 0; i < 16; i++) {
                constants.putInt(v);
              }
              return at;
            });
    return new Address(null, null, 1, offset, false);
  }

  public final Address splat(float value) {
    return splat(Float.floatToRawIntBits(value));
  }

  /** These bytes, on a boundary of 64. */
  public final Address constant(byte[] bytes) {
    int at = constants.position();
    constants.put(Arrays.copyOf(bytes, bytes.length + 63 & ~63));
    return new Address(null, null, 1, at, false);
  }

  /** The code with its constants behind it. */
  public final byte[] assemble() {
    int start = size + 63 & ~63;
    for (int[] reference : constantReferences) {
      int offset = get32(reference[0]);
      put32(reference[0], start + offset - reference[1]);
    }
    byte[] all = Arrays.copyOf(code, start + constants.position());
    constants.flip();
    constants.get(all, start, constants.limit());
    return all;
  }

  final void emit(int value) {
    if (size == code.length) {
      code = Arrays.copyOf(code, 2 * size);
    }
    code[size++] = (byte) value;
  }

  final void emit32(int value) {
    emit(value);
    emit(value >> 8);
    emit(value >> 16);
    emit(value >> 24);
  }

  private void put32(int at, int value) {
    Objects.checkFromIndexSize(at, 4, size);
    for (int i = 0; i < 4; i++) {
      code[at + i] = (byte) (value >> 8 * i);
    }
  }

  private int get32(int at) {
    int value = 0;
    for (int i = 3; i >= 0; i--) {
      value = value << 8 | code[at + i] & 0xFF;
    }
    return value;
  }
}
