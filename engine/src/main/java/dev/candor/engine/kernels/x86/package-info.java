/** Machine code for x86-64, written at run time: the assembler and the pages that hold it. */
@NullMarked
package dev.candor.engine.kernels.x86;

import org.jspecify.annotations.NullMarked;
