@NullMarked
package dev.candor.ledger.storage;

import org.jspecify.annotations.NullMarked;
