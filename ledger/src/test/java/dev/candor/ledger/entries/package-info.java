@NullMarked
package dev.candor.ledger.entries;

import org.jspecify.annotations.NullMarked;
