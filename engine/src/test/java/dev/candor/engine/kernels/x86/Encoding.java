package dev.candor.engine.kernels.x86;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * An instruction and its bytes, as GNU as 2.40 assembles it in Intel syntax, told by {vex3}, {evex}
 * and {load} which of several encodings it should take.
 */
record Encoding(String instruction, String hex, Consumer<Assembler> writing) {

  static Encoding of(String instruction, String hex, Consumer<Assembler> writing) {
    return new Encoding(instruction, hex, writing);
  }

  static void assertAll(Encoding... encodings) {
    for (Encoding encoding : encodings) {
      Assembler assembler = new Assembler();
      encoding.writing.accept(assembler);
      byte[] code = assembler.assemble();
      byte[] expected = HexFormat.of().parseHex(encoding.hex);
      // The code is filled up to a boundary of 64 bytes.
      assertThat(HexFormat.of().formatHex(Arrays.copyOf(code, expected.length)))
          .as(encoding.instruction)
          .isEqualTo(encoding.hex);
      for (int i = expected.length; i < code.length; i++) {
        assertThat(code[i]).as(encoding.instruction).isZero();
      }
    }
  }
}
