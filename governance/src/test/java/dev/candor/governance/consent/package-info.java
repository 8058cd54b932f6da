@NullMarked
package dev.candor.governance.consent;

import org.jspecify.annotations.NullMarked;
