package dev.candor.engine.kernels.x86;

import static dev.candor.engine.kernels.x86.Encoding.assertAll;
import static dev.candor.engine.kernels.x86.Encoding.of;

import org.junit.jupiter.api.Test;

/** Vector instructions of 128 and 256 bits. */
class VexEncodingTest {

  @Test
  void registers() {
    assertAll(
        of("vaddps ymm1,ymm9,ymm14", "c4c13458ce", a -> a.op(VectorOp.ADDPS, 256, 1, 9, 14)),
        of("vsubps ymm6,ymm12,ymm5", "c4e11c5cf5", a -> a.op(VectorOp.SUBPS, 256, 6, 12, 5)),
        of("vmulps ymm11,ymm15,ymm12", "c4410459dc", a -> a.op(VectorOp.MULPS, 256, 11, 15, 12)),
        of("vdivps ymm0,ymm2,ymm3", "c4e16c5ec3", a -> a.op(VectorOp.DIVPS, 256, 0, 2, 3)),
        of("vminps ymm5,ymm5,ymm10", "c4c1545dea", a -> a.op(VectorOp.MINPS, 256, 5, 5, 10)),
        of("vmaxps ymm10,ymm8,ymm1", "c4613c5fd1", a -> a.op(VectorOp.MAXPS, 256, 10, 8, 1)),
        of(
            "vfmadd231ps ymm4,ymm14,ymm15",
            "c4c20db8e7",
            a -> a.op(VectorOp.FMADD231PS, 256, 4, 14, 15)),
        of(
            "vfmadd213ps ymm9,ymm1,ymm6",
            "c46275a8ce",
            a -> a.op(VectorOp.FMADD213PS, 256, 9, 1, 6)),
        of(
            "vfnmadd231ps ymm14,ymm4,ymm13",
            "c4425dbcf5",
            a -> a.op(VectorOp.FNMADD231PS, 256, 14, 4, 13)),
        of("vpand ymm3,ymm7,ymm4", "c4e145dbdc", a -> a.op(VectorOp.PAND, 256, 3, 7, 4)),
        of("vpor ymm8,ymm10,ymm11", "c4412debc3", a -> a.op(VectorOp.POR, 256, 8, 10, 11)),
        of("vpxor ymm13,ymm13,ymm2", "c46115efea", a -> a.op(VectorOp.PXOR, 256, 13, 13, 2)),
        of("vpaddd ymm2,ymm0,ymm9", "c4c17dfed1", a -> a.op(VectorOp.PADDD, 256, 2, 0, 9)),
        of("vpaddw ymm7,ymm3,ymm0", "c4e165fdf8", a -> a.op(VectorOp.PADDW, 256, 7, 3, 0)),
        of("vpsubd ymm12,ymm6,ymm7", "c4614dfae7", a -> a.op(VectorOp.PSUBD, 256, 12, 6, 7)),
        of("vpmaxud ymm6,ymm12,ymm5", "c4e21d3ff5", a -> a.op(VectorOp.PMAXUD, 256, 6, 12, 5)),
        of("vpmaxsd ymm1,ymm2,ymm3", "c4e26d3dcb", a -> a.op(VectorOp.PMAXSD, 256, 1, 2, 3)),
        of(
            "vpmaddubsw ymm11,ymm15,ymm12",
            "c4420504dc",
            a -> a.op(VectorOp.PMADDUBSW, 256, 11, 15, 12)),
        of("vpmaddwd ymm0,ymm2,ymm3", "c4e16df5c3", a -> a.op(VectorOp.PMADDWD, 256, 0, 2, 3)),
        of("vpsignb ymm5,ymm5,ymm10", "c4c25508ea", a -> a.op(VectorOp.PSIGNB, 256, 5, 5, 10)),
        of("vpshufb ymm10,ymm8,ymm1", "c4623d00d1", a -> a.op(VectorOp.PSHUFB, 256, 10, 8, 1)),
        of(
            "vpackssdw ymm15,ymm11,ymm8",
            "c441256bf8",
            a -> a.op(VectorOp.PACKSSDW, 256, 15, 11, 8)),
        of(
            "vpacksswb ymm4,ymm14,ymm15",
            "c4c10d63e7",
            a -> a.op(VectorOp.PACKSSWB, 256, 4, 14, 15)),
        of("vpcmpgtd ymm14,ymm4,ymm13", "c4415d66f5", a -> a.op(VectorOp.PCMPGTD, 256, 14, 4, 13)),
        of("vpunpckldq ymm3,ymm7,ymm4", "c4e14562dc", a -> a.op(VectorOp.PUNPCKLDQ, 256, 3, 7, 4)),
        of(
            "vpunpckhqdq ymm8,ymm10,ymm11",
            "c4412d6dc3",
            a -> a.op(VectorOp.PUNPCKHQDQ, 256, 8, 10, 11)),
        of("vpmovzxdq ymm3,xmm12", "c4c27d35dc", a -> a.op(VectorOp.PMOVZXDQ, 256, 3, 12)),
        of("vsqrtps ymm3,ymm12", "c4c17c51dc", a -> a.op(VectorOp.SQRTPS, 256, 3, 12)),
        of("vpabsb ymm3,ymm12", "c4c27d1cdc", a -> a.op(VectorOp.PABSB, 256, 3, 12)),
        of("vcvtdq2ps ymm3,ymm12", "c4c17c5bdc", a -> a.op(VectorOp.CVTDQ2PS, 256, 3, 12)),
        of("vaddps xmm1,xmm2,xmm3", "c4e16858cb", a -> a.op(VectorOp.ADDPS, 128, 1, 2, 3)),
        of(
            "vshufps ymm9,ymm2,ymm13,0x44",
            "c4416cc6cd44",
            a -> a.op(VectorOp.SHUFPS, 256, 9, 2, 13, 0x44)),
        of(
            "vperm2i128 ymm1,ymm9,ymm14,0x31",
            "c4c33546ce31",
            a -> a.op(VectorOp.PERMUTE128, 256, 1, 9, 14, 0x31)),
        of(
            "vperm2i128 ymm12,ymm0,ymm3,0x20",
            "c4637d46e320",
            a -> a.op(VectorOp.PERMUTE128, 256, 12, 0, 3, 0x20)),
        of("vpsrlw ymm11,ymm6,4", "c4e12571d604", a -> a.shift(VectorOp.PSRLW, 256, 11, 6, 4)),
        of("vpsrld ymm11,ymm6,16", "c4e12572d610", a -> a.shift(VectorOp.PSRLD, 256, 11, 6, 16)),
        of("vpsrad ymm11,ymm6,31", "c4e12572e61f", a -> a.shift(VectorOp.PSRAD, 256, 11, 6, 31)),
        of("vpslld ymm11,ymm6,23", "c4e12572f617", a -> a.shift(VectorOp.PSLLD, 256, 11, 6, 23)),
        of("vpsllw ymm11,ymm6,4", "c4e12571f604", a -> a.shift(VectorOp.PSLLW, 256, 11, 6, 4)));
  }

  @Test
  void addresses() {
    assertAll(
        of(
            "vpextrw WORD PTR [r9+32],xmm11,0",
            "c4437915592000",
            a -> a.convert(VectorOp.PEXTRW_STORE, 128, 11, Address.of(Register.R9, 32), 0)),
        of(
            "vmovups ymm9,YMMWORD PTR [rax]",
            "c4617c1008",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RAX, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [rax-128]",
            "c4617c104880",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RAX, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rax+128]",
            "c4617c108880000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RAX, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rcx]",
            "c4617c1009",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RCX, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [rcx-128]",
            "c4617c104980",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RCX, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rcx+128]",
            "c4617c108980000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RCX, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rdx]",
            "c4617c100a",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RDX, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [rdx-128]",
            "c4617c104a80",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RDX, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rdx+128]",
            "c4617c108a80000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RDX, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rbx]",
            "c4617c100b",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RBX, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [rbx-128]",
            "c4617c104b80",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RBX, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rbx+128]",
            "c4617c108b80000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RBX, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rsp]",
            "c4617c100c24",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RSP, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [rsp+8]",
            "c4617c104c2408",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RSP, 8))),
        of(
            "vmovups ymm9,YMMWORD PTR [rsp-128]",
            "c4617c104c2480",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RSP, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rsp+127]",
            "c4617c104c247f",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RSP, 127))),
        of(
            "vmovups ymm9,YMMWORD PTR [rsp+128]",
            "c4617c108c2480000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RSP, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rsp-129]",
            "c4617c108c247fffffff",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RSP, -129))),
        of(
            "vmovups ymm9,YMMWORD PTR [rbp]",
            "c4617c104d00",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RBP, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [rbp+8]",
            "c4617c104d08",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RBP, 8))),
        of(
            "vmovups ymm9,YMMWORD PTR [rbp-128]",
            "c4617c104d80",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RBP, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rbp+127]",
            "c4617c104d7f",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RBP, 127))),
        of(
            "vmovups ymm9,YMMWORD PTR [rbp+128]",
            "c4617c108d80000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RBP, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rbp-129]",
            "c4617c108d7fffffff",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RBP, -129))),
        of(
            "vmovups ymm9,YMMWORD PTR [rsi]",
            "c4617c100e",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RSI, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [rsi-128]",
            "c4617c104e80",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RSI, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rsi+128]",
            "c4617c108e80000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RSI, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rdi]",
            "c4617c100f",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RDI, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [rdi-128]",
            "c4617c104f80",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RDI, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [rdi+128]",
            "c4617c108f80000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.RDI, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r8]",
            "c4417c1008",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R8, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [r8-128]",
            "c4417c104880",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R8, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r8+128]",
            "c4417c108880000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R8, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r9]",
            "c4417c1009",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R9, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [r9-128]",
            "c4417c104980",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R9, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r9+128]",
            "c4417c108980000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R9, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r10]",
            "c4417c100a",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R10, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [r10-128]",
            "c4417c104a80",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R10, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r10+128]",
            "c4417c108a80000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R10, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r11]",
            "c4417c100b",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R11, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [r11-128]",
            "c4417c104b80",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R11, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r11+128]",
            "c4417c108b80000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R11, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r12]",
            "c4417c100c24",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R12, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [r12+8]",
            "c4417c104c2408",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R12, 8))),
        of(
            "vmovups ymm9,YMMWORD PTR [r12-128]",
            "c4417c104c2480",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R12, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r12+127]",
            "c4417c104c247f",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R12, 127))),
        of(
            "vmovups ymm9,YMMWORD PTR [r12+128]",
            "c4417c108c2480000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R12, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r12-129]",
            "c4417c108c247fffffff",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R12, -129))),
        of(
            "vmovups ymm9,YMMWORD PTR [r13]",
            "c4417c104d00",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R13, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [r13+8]",
            "c4417c104d08",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R13, 8))),
        of(
            "vmovups ymm9,YMMWORD PTR [r13-128]",
            "c4417c104d80",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R13, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r13+127]",
            "c4417c104d7f",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R13, 127))),
        of(
            "vmovups ymm9,YMMWORD PTR [r13+128]",
            "c4417c108d80000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R13, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r13-129]",
            "c4417c108d7fffffff",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R13, -129))),
        of(
            "vmovups ymm9,YMMWORD PTR [r14]",
            "c4417c100e",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R14, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [r14-128]",
            "c4417c104e80",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R14, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r14+128]",
            "c4417c108e80000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R14, 128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r15]",
            "c4417c100f",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R15, 0))),
        of(
            "vmovups ymm9,YMMWORD PTR [r15-128]",
            "c4417c104f80",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R15, -128))),
        of(
            "vmovups ymm9,YMMWORD PTR [r15+128]",
            "c4417c108f80000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 9, Address.of(Register.R15, 128))),
        of(
            "vpaddd ymm14,ymm7,YMMWORD PTR [rax+rcx*1]",
            "c46145fe3408",
            a -> a.op(VectorOp.PADDD, 256, 14, 7, Address.of(Register.RAX, Register.RCX, 1, 0))),
        of(
            "vpaddd ymm14,ymm7,YMMWORD PTR [rsp+r12*2]",
            "c42145fe3464",
            a -> a.op(VectorOp.PADDD, 256, 14, 7, Address.of(Register.RSP, Register.R12, 2, 0))),
        of(
            "vpaddd ymm14,ymm7,YMMWORD PTR [r12+rbp*4+4]",
            "c44145fe74ac04",
            a -> a.op(VectorOp.PADDD, 256, 14, 7, Address.of(Register.R12, Register.RBP, 4, 4))),
        of(
            "vpaddd ymm14,ymm7,YMMWORD PTR [r13+r15*8]",
            "c40145fe74fd00",
            a -> a.op(VectorOp.PADDD, 256, 14, 7, Address.of(Register.R13, Register.R15, 8, 0))),
        of(
            "vpaddd ymm14,ymm7,YMMWORD PTR [rbp+rdi*8-4]",
            "c46145fe74fdfc",
            a -> a.op(VectorOp.PADDD, 256, 14, 7, Address.of(Register.RBP, Register.RDI, 8, -4))),
        of(
            "vpaddd ymm14,ymm7,YMMWORD PTR [r8+r13*4+1000]",
            "c40145feb4a8e8030000",
            a -> a.op(VectorOp.PADDD, 256, 14, 7, Address.of(Register.R8, Register.R13, 4, 1000))),
        of(
            "vpaddd ymm14,ymm7,YMMWORD PTR [r13+rax*1]",
            "c44145fe740500",
            a -> a.op(VectorOp.PADDD, 256, 14, 7, Address.of(Register.R13, Register.RAX, 1, 0))),
        of(
            "vmovups YMMWORD PTR [r13],ymm15",
            "c4417c117d00",
            a -> a.op(VectorOp.MOVUPS_STORE, 256, 15, Address.of(Register.R13, 0))),
        of(
            "vcvtph2ps ymm8,XMMWORD PTR [r12+16]",
            "c4427d13442410",
            a -> a.op(VectorOp.CVTPH2PS, 256, 8, Address.of(Register.R12, 16))),
        of(
            "vpmovzxbd ymm8,QWORD PTR [rdi+8]",
            "c4627d314708",
            a -> a.op(VectorOp.PMOVZXBD, 256, 8, Address.of(Register.RDI, 8))),
        of(
            "vpmovzxwd ymm8,XMMWORD PTR [rdi+16]",
            "c4627d334710",
            a -> a.op(VectorOp.PMOVZXWD, 256, 8, Address.of(Register.RDI, 16))),
        of(
            "vbroadcastss ymm8,DWORD PTR [rsp+4]",
            "c4627d18442404",
            a -> a.op(VectorOp.BROADCASTSS, 256, 8, Address.of(Register.RSP, 4))),
        of(
            "vpbroadcastd ymm8,DWORD PTR [rbp]",
            "c4627d584500",
            a -> a.op(VectorOp.PBROADCASTD, 256, 8, Address.of(Register.RBP, 0))));
  }
}
