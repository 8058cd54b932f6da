@NullMarked
package dev.candor.governance.provenance.materials;

import org.jspecify.annotations.NullMarked;
