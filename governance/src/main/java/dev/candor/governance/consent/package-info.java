/** What data subjects have agreed to, and which of it is alive at an instant. */
@NullMarked
package dev.candor.governance.consent;

import org.jspecify.annotations.NullMarked;
