/** Where models come from, judged by the programs of others. */
@NullMarked
package dev.candor.conformance.provenance;

import org.jspecify.annotations.NullMarked;
