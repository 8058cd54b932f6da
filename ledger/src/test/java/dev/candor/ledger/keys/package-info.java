@NullMarked
package dev.candor.ledger.keys;

import org.jspecify.annotations.NullMarked;
