/** Spring AI asks the server. */
@NullMarked
package dev.candor.conformance.spring;

import org.jspecify.annotations.NullMarked;
