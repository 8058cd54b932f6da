/** Who may come in: addresses and origins, keys, certificates. */
@NullMarked
package dev.candor.server.access;

import org.jspecify.annotations.NullMarked;
