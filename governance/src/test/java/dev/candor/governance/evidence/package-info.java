@NullMarked
package dev.candor.governance.evidence;

import org.jspecify.annotations.NullMarked;
