@NullMarked
package dev.candor.governance.provenance.attestations;

import org.jspecify.annotations.NullMarked;
