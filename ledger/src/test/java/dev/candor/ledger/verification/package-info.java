@NullMarked
package dev.candor.ledger.verification;

import org.jspecify.annotations.NullMarked;
