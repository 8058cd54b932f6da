@NullMarked
package dev.candor.governance.provenance.signatures;

import org.jspecify.annotations.NullMarked;
