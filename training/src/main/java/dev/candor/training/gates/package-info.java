/**
 * Gates that a model must pass before it is used: what is measured on a sealed set, how certain
 * that is, and the evidence of it.
 */
@NullMarked
package dev.candor.training.gates;

import org.jspecify.annotations.NullMarked;
