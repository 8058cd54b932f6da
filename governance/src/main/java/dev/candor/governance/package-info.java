/** Consent, policy, records and receipts: the way of a decision, and what is known of it later. */
@NullMarked
package dev.candor.governance;

import org.jspecify.annotations.NullMarked;
