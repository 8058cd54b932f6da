/** Who asks, and what they may do. */
@NullMarked
package dev.candor.governance.access;

import org.jspecify.annotations.NullMarked;
