/**
 * Training runs: what a recipe asks for, step after step, so that the same recipe gives the same
 * weights to the bit, with or without interruptions and with any number of threads.
 */
@NullMarked
package dev.candor.training.runs;

import org.jspecify.annotations.NullMarked;
