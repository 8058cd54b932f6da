@NullMarked
package dev.candor.governance.decisions;

import org.jspecify.annotations.NullMarked;
