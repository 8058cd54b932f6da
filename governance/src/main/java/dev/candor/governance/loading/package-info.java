/**
 * What may be loaded to decide: the loader's gate, which asks the ledger for the evidence about
 * just what was mapped.
 */
@NullMarked
package dev.candor.governance.loading;

import org.jspecify.annotations.NullMarked;
