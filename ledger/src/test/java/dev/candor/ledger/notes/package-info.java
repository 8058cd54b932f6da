@NullMarked
package dev.candor.ledger.notes;

import org.jspecify.annotations.NullMarked;
