/** Where models and data come from, and how that is shown: the shelves below. */
@NullMarked
package dev.candor.governance.provenance;

import org.jspecify.annotations.NullMarked;
