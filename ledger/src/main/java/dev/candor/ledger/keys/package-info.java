/**
 * The keys of a device: what signs the log, what wraps the keys of payloads, what names subjects.
 */
@NullMarked
package dev.candor.ledger.keys;

import org.jspecify.annotations.NullMarked;
