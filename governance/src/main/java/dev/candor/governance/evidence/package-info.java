/** What speaks for a model, bound to exactly what it was said of, and the gate that asks for it. */
@NullMarked
package dev.candor.governance.evidence;

import org.jspecify.annotations.NullMarked;
