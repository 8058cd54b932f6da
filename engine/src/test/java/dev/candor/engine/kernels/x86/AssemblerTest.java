package dev.candor.engine.kernels.x86;

import static dev.candor.engine.kernels.x86.Encoding.assertAll;
import static dev.candor.engine.kernels.x86.Encoding.of;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.kernels.x86.CodeBuffer.Condition;
import dev.candor.engine.kernels.x86.CodeBuffer.Label;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** General instructions, jumps and constants. */
class AssemblerTest {

  @Test
  void generalInstructions() {
    assertAll(
        of(
            "mov r9,QWORD PTR [rax+rcx*1]",
            "4c8b0c08",
            a -> a.load(Register.R9, Address.of(Register.RAX, Register.RCX, 1, 0))),
        of(
            "mov r9,QWORD PTR [rsp+r12*2]",
            "4e8b0c64",
            a -> a.load(Register.R9, Address.of(Register.RSP, Register.R12, 2, 0))),
        of(
            "mov r9,QWORD PTR [r12+rbp*4+4]",
            "4d8b4cac04",
            a -> a.load(Register.R9, Address.of(Register.R12, Register.RBP, 4, 4))),
        of(
            "mov r9,QWORD PTR [r13+r15*8]",
            "4f8b4cfd00",
            a -> a.load(Register.R9, Address.of(Register.R13, Register.R15, 8, 0))),
        of(
            "mov r9,QWORD PTR [rbp+rdi*8-4]",
            "4c8b4cfdfc",
            a -> a.load(Register.R9, Address.of(Register.RBP, Register.RDI, 8, -4))),
        of(
            "mov r9,QWORD PTR [r8+r13*4+1000]",
            "4f8b8ca8e8030000",
            a -> a.load(Register.R9, Address.of(Register.R8, Register.R13, 4, 1000))),
        of(
            "mov r9,QWORD PTR [r13+rax*1]",
            "4d8b4c0500",
            a -> a.load(Register.R9, Address.of(Register.R13, Register.RAX, 1, 0))),
        of("kmovw k1,eax", "c4e17892c8", a -> a.maskFrom(1, Register.RAX)),
        of("kmovw k3,r10d", "c4c17892da", a -> a.maskFrom(3, Register.R10)),
        of(
            "mov rax,QWORD PTR [rsp+8]",
            "488b442408",
            a -> a.load(Register.RAX, Address.of(Register.RSP, 8))),
        of(
            "mov r13,QWORD PTR [r12]",
            "4d8b2c24",
            a -> a.load(Register.R13, Address.of(Register.R12, 0))),
        of(
            "mov QWORD PTR [r13+0],r8",
            "4d894500",
            a -> a.store(Address.of(Register.R13, 0), Register.R8)),
        of(
            "lea r11,[rbp+r14*4-16]",
            "4e8d5cb5f0",
            a -> a.loadAddress(Register.R11, Address.of(Register.RBP, Register.R14, 4, -16))),
        of("mov rax,r15", "498bc7", a -> a.move(Register.RAX, Register.R15)),
        of("mov r8,rcx", "4c8bc1", a -> a.move(Register.R8, Register.RCX)),
        of("mov r12,r13", "4d8be5", a -> a.move(Register.R12, Register.R13)),
        of("mov rdi,rsi", "488bfe", a -> a.move(Register.RDI, Register.RSI)),
        of("add r9,rdx", "4c03ca", a -> a.add(Register.R9, Register.RDX)),
        of("sub rdx,r9", "492bd1", a -> a.subtract(Register.RDX, Register.R9)),
        of("cmp r10,r11", "4d3bd3", a -> a.compare(Register.R10, Register.R11)),
        of(
            "cmovne rcx,rax",
            "480f45c8",
            a -> a.moveIf(Condition.NOT_EQUAL, Register.RCX, Register.RAX)),
        of("cmovl r9,r14", "4d0f4cce", a -> a.moveIf(Condition.LESS, Register.R9, Register.R14)),
        of("add r12,127", "4983c47f", a -> a.add(Register.R12, 127)),
        of("add rsi,-128", "4883c680", a -> a.add(Register.RSI, -128)),
        of("add r9,128", "4981c180000000", a -> a.add(Register.R9, 128)),
        of("sub r12,127", "4983ec7f", a -> a.subtract(Register.R12, 127)),
        of("sub rsi,-128", "4883ee80", a -> a.subtract(Register.RSI, -128)),
        of("sub r9,128", "4981e980000000", a -> a.subtract(Register.R9, 128)),
        of("and r12,127", "4983e47f", a -> a.and(Register.R12, 127)),
        of("and rsi,-128", "4883e680", a -> a.and(Register.RSI, -128)),
        of("and r9,128", "4981e180000000", a -> a.and(Register.R9, 128)),
        of("cmp r12,127", "4983fc7f", a -> a.compare(Register.R12, 127)),
        of("cmp rsi,-128", "4883fe80", a -> a.compare(Register.RSI, -128)),
        of("cmp r9,128", "4981f980000000", a -> a.compare(Register.R9, 128)),
        of("mov rcx,-1", "48c7c1ffffffff", a -> a.set(Register.RCX, -1)),
        of("mov r15,305419896", "49c7c778563412", a -> a.set(Register.R15, 305419896)),
        of("shl r9,3", "49c1e103", a -> a.shiftLeft(Register.R9, 3)),
        of("shr rbp,63", "48c1ed3f", a -> a.shiftRight(Register.RBP, 63)),
        of(
            "bzhi rax,rax,rcx",
            "c4e2f0f5c0",
            a -> a.lowBits(Register.RAX, Register.RAX, Register.RCX)),
        of(
            "bzhi r9,r10,r11",
            "c442a0f5ca",
            a -> a.lowBits(Register.R9, Register.R10, Register.R11)),
        of("imul r8,rdi", "4c0fafc7", a -> a.multiply(Register.R8, Register.RDI)),
        of("push rbx", "53", a -> a.push(Register.RBX)),
        of("push r12", "4154", a -> a.push(Register.R12)),
        of("pop r12", "415c", a -> a.pop(Register.R12)),
        of("pop rbp", "5d", a -> a.pop(Register.RBP)),
        of("prefetchnta [rdi]", "0f1807", a -> a.prefetch(0, Address.of(Register.RDI, 0))),
        of(
            "prefetcht0 [rdi+2048]",
            "0f188f00080000",
            a -> a.prefetch(1, Address.of(Register.RDI, 2048))),
        of(
            "prefetcht0 [r13+r12*1]",
            "430f184c2500",
            a -> a.prefetch(1, Address.of(Register.R13, Register.R12, 1, 0))),
        of("prefetcht0 [r12]", "410f180c24", a -> a.prefetch(1, Address.of(Register.R12, 0))),
        of("cpuid", "0fa2", a -> a.cpuid()),
        of("xgetbv", "0f01d0", a -> a.xgetbv()),
        of("ret", "c3", a -> a.ret()));
  }

  @Test
  void jumpsForwardsAndBackwards() {
    Assembler a = new Assembler();
    Label top = new Label();
    Label end = new Label();
    a.bind(top);
    a.add(Register.RAX, 1);
    a.jumpIf(Condition.NOT_EQUAL, top);
    a.jump(end);
    a.jumpIf(Condition.LESS, end);
    a.jumpIf(Condition.BELOW, top);
    a.jumpIf(Condition.ABOVE_OR_EQUAL, top);
    a.jumpIf(Condition.EQUAL, top);
    a.jumpIf(Condition.GREATER_OR_EQUAL, top);
    a.jumpIf(Condition.LESS_OR_EQUAL, top);
    a.jumpIf(Condition.GREATER, top);
    a.bind(end);
    a.finish();
    byte[] expected =
        HexFormat.of()
            .parseHex(
                "4883c0010f85f6ffffffe92a0000000f8c240000000f82e5ffffff0f83dfffffff0f84d9"
                    + "ffffff0f8dd3ffffff0f8ecdffffff0f8fc7ffffffc5f877c3");
    assertThat(Arrays.copyOf(a.assemble(), expected.length)).isEqualTo(expected);
  }

  /** Addresses count from the end of the instruction, behind its immediate. */
  @Test
  void constantsLieBehindTheCode() {
    Assembler a = new Assembler();
    Address splat = a.splat(0x0F0F0F0F);
    Address bytes = a.constant(new byte[] {1, 2, 3});
    a.op(VectorOp.MOVUPS_LOAD, 256, 1, splat);
    a.shift(VectorOp.PSLLD, 512, 17, bytes, 3);
    a.op(VectorOp.PDPBUSD, 512, 1, 2, a.splat(0x0F0F0F0F).broadcasting());
    a.op(VectorOp.PAND, 256, 9, 2, bytes);
    a.ret();
    byte[] expected =
        HexFormat.of()
            .parseHex(
                "c4e17c100d3700000062f1754072356c0000000362f26d58500d22000000c4616ddb0d59"
                    + "000000c30000000000000000000000000000000000000000000000000f0f0f0f0f0f0f0f"
                    + "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"
                    + "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f01020300000000000000000000000000"
                    + "000000000000000000000000000000000000000000000000000000000000000000000000"
                    + "000000000000000000000000");
    assertThat(a.assemble()).isEqualTo(expected);
  }

  @Test
  void loopsBeginAtABoundary() {
    for (int before = 0; before < 70; before++) {
      Assembler a = new Assembler();
      for (int i = 0; i < before; i++) {
        a.ret();
      }
      a.alignLoop();
      a.cpuid();
      byte[] code = a.assemble();
      int at = (before + 63) / 64 * 64;
      assertThat(code[at]).isEqualTo((byte) 0x0F);
      assertThat(code[at + 1]).isEqualTo((byte) 0xA2);
    }
  }

  @Test
  void longCodeGrows() {
    Assembler a = new Assembler();
    for (int i = 0; i < 10_000; i++) {
      a.ret();
    }
    byte[] code = a.assemble();
    assertThat(code.length).isEqualTo(10_048);
    for (int i = 0; i < 10_000; i++) {
      assertThat(code[i]).isEqualTo((byte) 0xC3);
    }
  }
}
