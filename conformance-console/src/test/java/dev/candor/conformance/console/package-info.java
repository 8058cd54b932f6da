/** The operator's console as people have it: in a browser, with a keyboard, in light and dark. */
@NullMarked
package dev.candor.conformance.console;

import org.jspecify.annotations.NullMarked;
