/**
 * Arithmetic on weights as stored and on float32 activations. No I/O, no logging, no knowledge of
 * models.
 *
 * <p>{@link dev.candor.engine.kernels.Kernels} is the contract and defines every result to the bit;
 * the scalar twin is that definition in plain Java, the other paths must equal it.
 */
@NullMarked
package dev.candor.engine.kernels;

import org.jspecify.annotations.NullMarked;
