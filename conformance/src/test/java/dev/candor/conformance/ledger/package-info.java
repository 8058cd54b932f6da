/** The ledger against other implementations of the same specifications. */
@NullMarked
package dev.candor.conformance.ledger;

import org.jspecify.annotations.NullMarked;
