@NullMarked
package dev.candor.governance.provenance;

import org.jspecify.annotations.NullMarked;
