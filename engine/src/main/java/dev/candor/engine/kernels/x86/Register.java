package dev.candor.engine.kernels.x86;

/** The general registers of x86-64, numbered as they are encoded. */
public enum Register {
  RAX,
  RCX,
  RDX,
  RBX,
  RSP,
  RBP,
  RSI,
  RDI,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15
}
