/**
 * Data sets with their manifests: what a row is, what it may be used for, where it came from; and
 * what is found in them before anything is trained: duplicates, leaks between splits, gaps.
 */
@NullMarked
package dev.candor.training.data;

import org.jspecify.annotations.NullMarked;
