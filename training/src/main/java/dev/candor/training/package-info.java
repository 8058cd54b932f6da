/** Adapters, heads and small models from scratch, on the engine's kernels. */
@NullMarked
package dev.candor.training;

import org.jspecify.annotations.NullMarked;
