/**
 * The engine's errors. Its work is in the packages below: kernels, weights, tokenizers, models,
 * generation.
 */
@NullMarked
package dev.candor.engine;

import org.jspecify.annotations.NullMarked;
