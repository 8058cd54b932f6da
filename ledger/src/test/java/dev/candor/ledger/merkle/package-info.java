@NullMarked
package dev.candor.ledger.merkle;

import org.jspecify.annotations.NullMarked;
