/**
 * Which models there are, who answers for each, how much may go wrong, and where in its life it is.
 */
@NullMarked
package dev.candor.governance.inventory;

import org.jspecify.annotations.NullMarked;
