/**
 * From a request to the parts of its answer, whatever the wire: the prompt, the decision, then
 * text, thoughts and calls of tools as they come.
 */
@NullMarked
package dev.candor.server.answers;

import org.jspecify.annotations.NullMarked;
