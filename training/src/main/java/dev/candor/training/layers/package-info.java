/** Layers forwards and backwards. */
@NullMarked
package dev.candor.training.layers;

import org.jspecify.annotations.NullMarked;
