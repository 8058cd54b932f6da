/** Gates against published numbers, and against whoever wants to get round them. */
@NullMarked
package dev.candor.training.gates;

import org.jspecify.annotations.NullMarked;
