/** Tools for measuring: full-size random checkpoints. */
@NullMarked
package dev.candor.benchmarks;

import org.jspecify.annotations.NullMarked;
