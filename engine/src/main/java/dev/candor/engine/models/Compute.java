package dev.candor.engine.models;

import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.WorkerPool;

/** What a model computes with. */
public record Compute(Kernels kernels, WorkerPool pool) {

  /** What the kernels keep for a thread: see VectorKernels, and four rows of wide matrices. */
  private static final long SCRATCH_BYTES = 256 << 10;

  /** Bytes that the kernels keep for all threads, estimated. */
  long scratchBytes() {
    return SCRATCH_BYTES * pool.threads();
  }
}
