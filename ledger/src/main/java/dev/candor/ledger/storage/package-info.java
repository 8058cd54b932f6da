/**
 * The live ledger on disk: append-only files of entries, committed in groups; recovery after a
 * crash; the hash tiles and the checkpoint beside them; the export to the layout of C2SP
 * tlog-tiles. What is acknowledged is durable, and is never repaired, dropped or altered.
 */
@NullMarked
package dev.candor.ledger.storage;

import org.jspecify.annotations.NullMarked;
