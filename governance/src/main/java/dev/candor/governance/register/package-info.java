/** Where entries of the ledger are: derived from it, thrown away and made again at any time. */
@NullMarked
package dev.candor.governance.register;

import org.jspecify.annotations.NullMarked;
