/** What was asked and answered: encrypted, each subject under a key of its own, to be forgotten. */
@NullMarked
package dev.candor.governance.payloads;

import org.jspecify.annotations.NullMarked;
