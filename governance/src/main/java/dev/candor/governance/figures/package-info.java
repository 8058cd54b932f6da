/** Figures that anybody can compute again from the log alone. */
@NullMarked
package dev.candor.governance.figures;

import org.jspecify.annotations.NullMarked;
