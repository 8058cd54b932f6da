@NullMarked
package dev.candor.governance.figures;

import org.jspecify.annotations.NullMarked;
