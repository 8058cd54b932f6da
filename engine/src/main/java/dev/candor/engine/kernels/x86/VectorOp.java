package dev.candor.engine.kernels.x86;

/**
 * The vector instructions that the kernels use, as the manuals encode them (Intel SDM volume 2, AMD
 * APM volume 4): prefix, opcode map and opcode are the same in VEX and EVEX form.
 */
public enum VectorOp {
  // Moves.
  MOVUPS_LOAD(Prefix.NONE, 1, 0x10, Memory.FULL),
  MOVUPS_STORE(Prefix.NONE, 1, 0x11, Memory.FULL),
  BROADCASTSS(Prefix.P66, 2, 0x18, Memory.SCALAR),
  PBROADCASTD(Prefix.P66, 2, 0x58, Memory.SCALAR),
  /** From a general register; EVEX only. */
  PBROADCASTD_GENERAL(Prefix.P66, 2, 0x7C, Memory.SCALAR),
  MASKMOVPS_LOAD(Prefix.P66, 2, 0x2C, Memory.FULL),
  MASKMOVPS_STORE(Prefix.P66, 2, 0x2E, Memory.FULL),
  MOVD_LOAD(Prefix.P66, 1, 0x6E, Memory.SCALAR),
  MOVSS_STORE(Prefix.F3, 1, 0x11, Memory.SCALAR),
  PMOVZXBD(Prefix.P66, 2, 0x31, Memory.QUARTER),
  PMOVZXWD(Prefix.P66, 2, 0x33, Memory.HALF),
  PMOVSXBD(Prefix.P66, 2, 0x21, Memory.QUARTER),
  PMOVZXDQ(Prefix.P66, 2, 0x35, Memory.HALF),
  /** The low byte of each int, stored; EVEX only. */
  PMOVDB_STORE(Prefix.F3, 2, 0x31, Memory.QUARTER),
  /** The 16 bits that the immediate numbers, stored; VEX only. */
  PEXTRW_STORE(Prefix.P66, 3, 0x15, Memory.SCALAR),
  EXTRACT128(Prefix.P66, 3, 0x39, Memory.FULL),
  INSERT128(Prefix.P66, 3, 0x38, Memory.SIXTEEN),
  /** EVEX only. */
  EXTRACT256(Prefix.P66, 3, 0x3B, Memory.HALF),
  /** Any two 128-bit quarters of the first source, then two of the second; EVEX only. */
  SHUFFLE128(Prefix.P66, 3, 0x23, Memory.FULL),
  /** The lanes of the second source that the first numbers; EVEX only. */
  PERMPS(Prefix.P66, 2, 0x16, Memory.FULL),
  /** Any two 128-bit halves of both sources; VEX only. */
  PERMUTE128(Prefix.P66, 3, 0x46, Memory.FULL),

  // Integers.
  PAND(Prefix.P66, 1, 0xDB, Memory.FULL),
  POR(Prefix.P66, 1, 0xEB, Memory.FULL),
  PXOR(Prefix.P66, 1, 0xEF, Memory.FULL),
  PADDD(Prefix.P66, 1, 0xFE, Memory.FULL),
  PADDW(Prefix.P66, 1, 0xFD, Memory.FULL),
  PSUBD(Prefix.P66, 1, 0xFA, Memory.FULL),
  PMAXUD(Prefix.P66, 2, 0x3F, Memory.FULL),
  PMAXSD(Prefix.P66, 2, 0x3D, Memory.FULL),
  PMADDUBSW(Prefix.P66, 2, 0x04, Memory.FULL),
  PMADDWD(Prefix.P66, 1, 0xF5, Memory.FULL),
  PSIGNB(Prefix.P66, 2, 0x08, Memory.FULL),
  PABSB(Prefix.P66, 2, 0x1C, Memory.FULL),
  PSHUFB(Prefix.P66, 2, 0x00, Memory.FULL),
  PACKSSDW(Prefix.P66, 1, 0x6B, Memory.FULL),
  PACKSSWB(Prefix.P66, 1, 0x63, Memory.FULL),
  PCMPGTD(Prefix.P66, 1, 0x66, Memory.FULL),
  /** The second source's bytes are unsigned, the third's signed; AVX-512 VNNI. */
  PDPBUSD(Prefix.P66, 2, 0x50, Memory.FULL),
  PUNPCKLDQ(Prefix.P66, 1, 0x62, Memory.FULL),
  PUNPCKHDQ(Prefix.P66, 1, 0x6A, Memory.FULL),
  PUNPCKLQDQ(Prefix.P66, 1, 0x6C, Memory.FULL),
  PUNPCKHQDQ(Prefix.P66, 1, 0x6D, Memory.FULL),

  // Floats.
  ADDPS(Prefix.NONE, 1, 0x58, Memory.FULL),
  SUBPS(Prefix.NONE, 1, 0x5C, Memory.FULL),
  MULPS(Prefix.NONE, 1, 0x59, Memory.FULL),
  DIVPS(Prefix.NONE, 1, 0x5E, Memory.FULL),
  MINPS(Prefix.NONE, 1, 0x5D, Memory.FULL),
  MAXPS(Prefix.NONE, 1, 0x5F, Memory.FULL),
  SQRTPS(Prefix.NONE, 1, 0x51, Memory.FULL),
  FMADD231PS(Prefix.P66, 2, 0xB8, Memory.FULL),
  FMADD213PS(Prefix.P66, 2, 0xA8, Memory.FULL),
  FNMADD231PS(Prefix.P66, 2, 0xBC, Memory.FULL),
  CVTDQ2PS(Prefix.NONE, 1, 0x5B, Memory.FULL),
  CVTPH2PS(Prefix.P66, 2, 0x13, Memory.HALF),
  CVTPS2PH(Prefix.P66, 3, 0x1D, Memory.HALF),
  SHUFPS(Prefix.NONE, 1, 0xC6, Memory.FULL),
  CMPPS(Prefix.NONE, 1, 0xC2, Memory.FULL),
  /** VEX only; the mask is the fourth register. */
  BLENDVPS(Prefix.P66, 3, 0x4A, Memory.FULL),

  // Shifts by an immediate: the opcode's extension stands where a register would.
  PSRLW(Prefix.P66, 1, 0x71, Memory.FULL, 2),
  PSRLD(Prefix.P66, 1, 0x72, Memory.FULL, 2),
  PSRAD(Prefix.P66, 1, 0x72, Memory.FULL, 4),
  PSLLD(Prefix.P66, 1, 0x72, Memory.FULL, 6),
  PSLLW(Prefix.P66, 1, 0x71, Memory.FULL, 6);

  /** The mandatory prefix, as VEX and EVEX number it. */
  enum Prefix {
    NONE,
    P66,
    F3,
    F2
  }

  /** How many bytes a memory operand has, against those of the vector; EVEX scales disp8 by it. */
  enum Memory {
    FULL,
    HALF,
    QUARTER,
    SIXTEEN,
    SCALAR
  }

  final Prefix prefix;
  final int map;
  final int opcode;
  final Memory memory;

  /** The opcode's extension, or −1. */
  final int extension;

  VectorOp(Prefix prefix, int map, int opcode, Memory memory) {
    this(prefix, map, opcode, memory, -1);
  }

  VectorOp(Prefix prefix, int map, int opcode, Memory memory, int extension) {
    this.prefix = prefix;
    this.map = map;
    this.opcode = opcode;
    this.memory = memory;
    this.extension = extension;
  }
}
