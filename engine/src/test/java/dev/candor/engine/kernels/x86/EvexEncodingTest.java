package dev.candor.engine.kernels.x86;

import static dev.candor.engine.kernels.x86.Encoding.assertAll;
import static dev.candor.engine.kernels.x86.Encoding.of;

import org.junit.jupiter.api.Test;

/** Vector instructions with high registers, 512 bits, masks or broadcasts. */
class EvexEncodingTest {

  @Test
  void registers() {
    assertAll(
        of("vpmovzxdq zmm21,ymm30", "62827d4835ee", a -> a.op(VectorOp.PMOVZXDQ, 512, 21, 30)),
        of(
            "vshuff32x4 zmm18,zmm28,zmm3,0xee",
            "62e31d4023d3ee",
            a -> a.op(VectorOp.SHUFFLE128, 512, 18, 28, 3, 0xEE)),
        of(
            "vshuff32x4 zmm0,zmm9,zmm31,0x44",
            "6293354823c744",
            a -> a.op(VectorOp.SHUFFLE128, 512, 0, 9, 31, 0x44)),
        of("vpermps zmm18,zmm28,zmm3", "62e21d4016d3", a -> a.op(VectorOp.PERMPS, 512, 18, 28, 3)),
        of("vpermps zmm0,zmm9,zmm31", "6292354816c7", a -> a.op(VectorOp.PERMPS, 512, 0, 9, 31)),
        of(
            "vextracti32x4 xmm15,zmm20,1",
            "62c37d4839e701",
            a -> a.convert(VectorOp.EXTRACT128, 512, 20, 15, 1)),
        of(
            "vextracti32x4 xmm21,zmm3,3",
            "62b37d4839dd03",
            a -> a.convert(VectorOp.EXTRACT128, 512, 3, 21, 3)),
        of("vpsrlw zmm21,zmm30,4", "6291554071d604", a -> a.shift(VectorOp.PSRLW, 512, 21, 30, 4)),
        of(
            "vpsrld zmm21,zmm30,16",
            "6291554072d610",
            a -> a.shift(VectorOp.PSRLD, 512, 21, 30, 16)),
        of(
            "vpsrad zmm21,zmm30,31",
            "6291554072e61f",
            a -> a.shift(VectorOp.PSRAD, 512, 21, 30, 31)),
        of(
            "vpslld zmm21,zmm30,23",
            "6291554072f617",
            a -> a.shift(VectorOp.PSLLD, 512, 21, 30, 23)),
        of("vpsllw zmm21,zmm30,4", "6291554071f604", a -> a.shift(VectorOp.PSLLW, 512, 21, 30, 4)),
        of(
            "vfmadd231ps zmm0,zmm5,zmm3",
            "62f25548b8c3",
            a -> a.op(VectorOp.FMADD231PS, 512, 0, 5, 3)),
        of(
            "vfmadd231ps zmm0,zmm5,zmm31",
            "62925548b8c7",
            a -> a.op(VectorOp.FMADD231PS, 512, 0, 5, 31)),
        of(
            "vfmadd231ps zmm0,zmm14,zmm17",
            "62b20d48b8c1",
            a -> a.op(VectorOp.FMADD231PS, 512, 0, 14, 17)),
        of(
            "vfmadd231ps zmm0,zmm23,zmm12",
            "62d24540b8c4",
            a -> a.op(VectorOp.FMADD231PS, 512, 0, 23, 12)),
        of(
            "vfmadd231ps zmm0,zmm28,zmm3",
            "62f21d40b8c3",
            a -> a.op(VectorOp.FMADD231PS, 512, 0, 28, 3)),
        of(
            "vfmadd231ps zmm0,zmm28,zmm31",
            "62921d40b8c7",
            a -> a.op(VectorOp.FMADD231PS, 512, 0, 28, 31)),
        of(
            "vfmadd231ps zmm9,zmm5,zmm17",
            "62325548b8c9",
            a -> a.op(VectorOp.FMADD231PS, 512, 9, 5, 17)),
        of(
            "vfmadd231ps zmm9,zmm14,zmm12",
            "62520d48b8cc",
            a -> a.op(VectorOp.FMADD231PS, 512, 9, 14, 12)),
        of(
            "vfmadd231ps zmm9,zmm23,zmm3",
            "62724540b8cb",
            a -> a.op(VectorOp.FMADD231PS, 512, 9, 23, 3)),
        of(
            "vfmadd231ps zmm9,zmm23,zmm31",
            "62124540b8cf",
            a -> a.op(VectorOp.FMADD231PS, 512, 9, 23, 31)),
        of(
            "vfmadd231ps zmm9,zmm28,zmm17",
            "62321d40b8c9",
            a -> a.op(VectorOp.FMADD231PS, 512, 9, 28, 17)),
        of(
            "vfmadd231ps zmm18,zmm5,zmm12",
            "62c25548b8d4",
            a -> a.op(VectorOp.FMADD231PS, 512, 18, 5, 12)),
        of(
            "vfmadd231ps zmm18,zmm14,zmm3",
            "62e20d48b8d3",
            a -> a.op(VectorOp.FMADD231PS, 512, 18, 14, 3)),
        of(
            "vfmadd231ps zmm18,zmm14,zmm31",
            "62820d48b8d7",
            a -> a.op(VectorOp.FMADD231PS, 512, 18, 14, 31)),
        of(
            "vfmadd231ps zmm18,zmm23,zmm17",
            "62a24540b8d1",
            a -> a.op(VectorOp.FMADD231PS, 512, 18, 23, 17)),
        of(
            "vfmadd231ps zmm18,zmm28,zmm12",
            "62c21d40b8d4",
            a -> a.op(VectorOp.FMADD231PS, 512, 18, 28, 12)),
        of(
            "vfmadd231ps zmm27,zmm5,zmm3",
            "62625548b8db",
            a -> a.op(VectorOp.FMADD231PS, 512, 27, 5, 3)),
        of(
            "vfmadd231ps zmm27,zmm5,zmm31",
            "62025548b8df",
            a -> a.op(VectorOp.FMADD231PS, 512, 27, 5, 31)),
        of(
            "vfmadd231ps zmm27,zmm14,zmm17",
            "62220d48b8d9",
            a -> a.op(VectorOp.FMADD231PS, 512, 27, 14, 17)),
        of(
            "vfmadd231ps zmm27,zmm23,zmm12",
            "62424540b8dc",
            a -> a.op(VectorOp.FMADD231PS, 512, 27, 23, 12)),
        of(
            "vfmadd231ps zmm27,zmm28,zmm3",
            "62621d40b8db",
            a -> a.op(VectorOp.FMADD231PS, 512, 27, 28, 3)),
        of(
            "vfmadd231ps zmm27,zmm28,zmm31",
            "62021d40b8df",
            a -> a.op(VectorOp.FMADD231PS, 512, 27, 28, 31)),
        of("vpdpbusd ymm1,ymm2,ymm3", "62f26d2850cb", a -> a.op(VectorOp.PDPBUSD, 256, 1, 2, 3)),
        of(
            "vpdpbusd zmm17,zmm2,zmm30",
            "62826d4850ce",
            a -> a.op(VectorOp.PDPBUSD, 512, 17, 2, 30)),
        of("vpxord ymm20,ymm20,ymm20", "62a15d20efe4", a -> a.op(VectorOp.PXOR, 256, 20, 20, 20)),
        of("vpandd zmm1,zmm2,zmm3", "62f16d48dbcb", a -> a.op(VectorOp.PAND, 512, 1, 2, 3)));
  }

  @Test
  void scaledDisplacements() {
    assertAll(
        of(
            "vpaddd zmm30,zmm17,ZMMWORD PTR [rax+rcx*1]",
            "62617540fe3408",
            a -> a.op(VectorOp.PADDD, 512, 30, 17, Address.of(Register.RAX, Register.RCX, 1, 0))),
        of(
            "vpaddd zmm30,zmm17,ZMMWORD PTR [rsp+r12*2]",
            "62217540fe3464",
            a -> a.op(VectorOp.PADDD, 512, 30, 17, Address.of(Register.RSP, Register.R12, 2, 0))),
        of(
            "vpaddd zmm30,zmm17,ZMMWORD PTR [r12+rbp*4+4]",
            "62417540feb4ac04000000",
            a -> a.op(VectorOp.PADDD, 512, 30, 17, Address.of(Register.R12, Register.RBP, 4, 4))),
        of(
            "vpaddd zmm30,zmm17,ZMMWORD PTR [r13+r15*8]",
            "62017540fe74fd00",
            a -> a.op(VectorOp.PADDD, 512, 30, 17, Address.of(Register.R13, Register.R15, 8, 0))),
        of(
            "vpaddd zmm30,zmm17,ZMMWORD PTR [rbp+rdi*8-4]",
            "62617540feb4fdfcffffff",
            a -> a.op(VectorOp.PADDD, 512, 30, 17, Address.of(Register.RBP, Register.RDI, 8, -4))),
        of(
            "vpaddd zmm30,zmm17,ZMMWORD PTR [r8+r13*4+1000]",
            "62017540feb4a8e8030000",
            a -> a.op(VectorOp.PADDD, 512, 30, 17, Address.of(Register.R8, Register.R13, 4, 1000))),
        of(
            "vpaddd zmm30,zmm17,ZMMWORD PTR [r13+rax*1]",
            "62417540fe740500",
            a -> a.op(VectorOp.PADDD, 512, 30, 17, Address.of(Register.R13, Register.RAX, 1, 0))),
        of(
            "vmovups zmm16,ZMMWORD PTR [rsi]",
            "62e17c481006",
            a -> a.op(VectorOp.MOVUPS_LOAD, 512, 16, Address.of(Register.RSI, 0))),
        of(
            "vmovups zmm16,ZMMWORD PTR [rsi+64]",
            "62e17c48104601",
            a -> a.op(VectorOp.MOVUPS_LOAD, 512, 16, Address.of(Register.RSI, 64))),
        of(
            "vmovups zmm16,ZMMWORD PTR [rsi-8192]",
            "62e17c48104680",
            a -> a.op(VectorOp.MOVUPS_LOAD, 512, 16, Address.of(Register.RSI, -8192))),
        of(
            "vmovups zmm16,ZMMWORD PTR [rsi+8128]",
            "62e17c4810467f",
            a -> a.op(VectorOp.MOVUPS_LOAD, 512, 16, Address.of(Register.RSI, 8128))),
        of(
            "vmovups zmm16,ZMMWORD PTR [rsi+8192]",
            "62e17c48108600200000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 512, 16, Address.of(Register.RSI, 8192))),
        of(
            "vmovups zmm16,ZMMWORD PTR [rsi-8256]",
            "62e17c481086c0dfffff",
            a -> a.op(VectorOp.MOVUPS_LOAD, 512, 16, Address.of(Register.RSI, -8256))),
        of(
            "vmovups zmm16,ZMMWORD PTR [rsi+32]",
            "62e17c48108620000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 512, 16, Address.of(Register.RSI, 32))),
        of(
            "vmovups zmm16,ZMMWORD PTR [rsi+1]",
            "62e17c48108601000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 512, 16, Address.of(Register.RSI, 1))),
        of(
            "vmovups ymm16,YMMWORD PTR [r9+32]",
            "62c17c28104101",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 16, Address.of(Register.R9, 32))),
        of(
            "vcvtph2ps zmm16,YMMWORD PTR [r9+32]",
            "62c27d48134101",
            a -> a.op(VectorOp.CVTPH2PS, 512, 16, Address.of(Register.R9, 32))),
        of(
            "vmovups ymm16,YMMWORD PTR [r9+4064]",
            "62c17c2810417f",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 16, Address.of(Register.R9, 4064))),
        of(
            "vcvtph2ps zmm16,YMMWORD PTR [r9+4064]",
            "62c27d4813417f",
            a -> a.op(VectorOp.CVTPH2PS, 512, 16, Address.of(Register.R9, 4064))),
        of(
            "vmovups ymm16,YMMWORD PTR [r9+4096]",
            "62c17c28108100100000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 16, Address.of(Register.R9, 4096))),
        of(
            "vcvtph2ps zmm16,YMMWORD PTR [r9+4096]",
            "62c27d48138100100000",
            a -> a.op(VectorOp.CVTPH2PS, 512, 16, Address.of(Register.R9, 4096))),
        of(
            "vmovups ymm16,YMMWORD PTR [r9+16]",
            "62c17c28108110000000",
            a -> a.op(VectorOp.MOVUPS_LOAD, 256, 16, Address.of(Register.R9, 16))),
        of(
            "vcvtph2ps zmm16,YMMWORD PTR [r9+16]",
            "62c27d48138110000000",
            a -> a.op(VectorOp.CVTPH2PS, 512, 16, Address.of(Register.R9, 16))),
        of(
            "vpmovzxbd zmm26,XMMWORD PTR [r12+16]",
            "62427d4831542401",
            a -> a.op(VectorOp.PMOVZXBD, 512, 26, Address.of(Register.R12, 16))),
        of(
            "vpmovzxwd zmm26,YMMWORD PTR [r12+32]",
            "62427d4833542401",
            a -> a.op(VectorOp.PMOVZXWD, 512, 26, Address.of(Register.R12, 32))),
        of(
            "vpmovsxbd zmm6,XMMWORD PTR [r12+16]",
            "62d27d4821742401",
            a -> a.op(VectorOp.PMOVSXBD, 512, 6, Address.of(Register.R12, 16))),
        of(
            "vpmovzxbd zmm26,XMMWORD PTR [r12+2032]",
            "62427d483154247f",
            a -> a.op(VectorOp.PMOVZXBD, 512, 26, Address.of(Register.R12, 2032))),
        of(
            "vpmovsxbd zmm6,XMMWORD PTR [r12+2032]",
            "62d27d482174247f",
            a -> a.op(VectorOp.PMOVSXBD, 512, 6, Address.of(Register.R12, 2032))),
        of(
            "vpmovzxbd zmm26,XMMWORD PTR [r12+2048]",
            "62427d4831942400080000",
            a -> a.op(VectorOp.PMOVZXBD, 512, 26, Address.of(Register.R12, 2048))),
        of(
            "vpmovsxbd zmm6,XMMWORD PTR [r12+2048]",
            "62d27d4821b42400080000",
            a -> a.op(VectorOp.PMOVSXBD, 512, 6, Address.of(Register.R12, 2048))),
        of(
            "vpmovzxbd zmm26,XMMWORD PTR [r12+8]",
            "62427d4831942408000000",
            a -> a.op(VectorOp.PMOVZXBD, 512, 26, Address.of(Register.R12, 8))),
        of(
            "vpmovsxbd zmm6,XMMWORD PTR [r12+8]",
            "62d27d4821b42408000000",
            a -> a.op(VectorOp.PMOVSXBD, 512, 6, Address.of(Register.R12, 8))),
        of(
            "vpsrad zmm13,ZMMWORD PTR [r13+64],3",
            "62d1154872650103",
            a -> a.shift(VectorOp.PSRAD, 512, 13, Address.of(Register.R13, 64), 3)));
  }

  @Test
  void broadcasts() {
    assertAll(
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [rax]",
            "627245585020",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.RAX, 0).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [rax+4]",
            "62724558506001",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.RAX, 4).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [rax+508]",
            "6272455850607f",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.RAX, 508).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [rax+512]",
            "6272455850a000020000",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.RAX, 512).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [rax-512]",
            "62724558506080",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.RAX, -512).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [rax-516]",
            "6272455850a0fcfdffff",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.RAX, -516).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [rax+2]",
            "6272455850a002000000",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.RAX, 2).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [rsp]",
            "62724558502424",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.RSP, 0).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [rsp+508]",
            "627245585064247f",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.RSP, 508).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [rsp+512]",
            "6272455850a42400020000",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.RSP, 512).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [r12]",
            "62524558502424",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.R12, 0).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [r12+508]",
            "625245585064247f",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.R12, 508).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [r12+512]",
            "6252455850a42400020000",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.R12, 512).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [r13]",
            "62524558506500",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.R13, 0).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [r13+508]",
            "6252455850657f",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.R13, 508).broadcasting())),
        of(
            "vpdpbusd zmm12,zmm7,DWORD BCST [r13+512]",
            "6252455850a500020000",
            a -> a.op(VectorOp.PDPBUSD, 512, 12, 7, Address.of(Register.R13, 512).broadcasting())),
        of(
            "vmulps zmm29,zmm8,DWORD BCST [rax+124]",
            "62613c5859681f",
            a -> a.op(VectorOp.MULPS, 512, 29, 8, Address.of(Register.RAX, 124).broadcasting())),
        of(
            "vmulps ymm29,ymm8,DWORD BCST [rax+124]",
            "62613c3859681f",
            a -> a.op(VectorOp.MULPS, 256, 29, 8, Address.of(Register.RAX, 124).broadcasting())),
        of(
            "vpslld zmm13,DWORD BCST [rax+8],3",
            "62f1155872700203",
            a -> a.shift(VectorOp.PSLLD, 512, 13, Address.of(Register.RAX, 8).broadcasting(), 3)));
  }

  @Test
  void masks() {
    assertAll(
        of(
            "vmovups ZMMWORD PTR [rdx]{k1},zmm31",
            "62617c49113a",
            a -> a.masked(VectorOp.MOVUPS_STORE, 512, 31, Address.of(Register.RDX, 0), 1)),
        of(
            "vmovups ZMMWORD PTR [r13+64]{k7},zmm3",
            "62d17c4f115d01",
            a -> a.masked(VectorOp.MOVUPS_STORE, 512, 3, Address.of(Register.R13, 64), 7)),
        of(
            "vmovups zmm31{k2}{z},ZMMWORD PTR [rsp+128]",
            "62617cca107c2402",
            a -> a.masked(VectorOp.MOVUPS_LOAD, 512, 31, Address.of(Register.RSP, 128), 2)),
        of("vcmpps k2,zmm12,zmm30,1", "62911c48c2d601", a -> a.compareToMask(2, 12, 30, 1)),
        of(
            "vpord zmm8{k2},zmm13,zmm29",
            "6211154aebc5",
            a -> a.merged(VectorOp.POR, 8, 13, 29, 2)));
  }
}
