package dev.candor.engine.models;

import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.WorkerPool;

/** What a model computes with. */
public record Compute(Kernels kernels, WorkerPool pool) {}
