/** Many requests at once: who waits for whom, how long, and who is turned away. */
@NullMarked
package dev.candor.server.batching;

import org.jspecify.annotations.NullMarked;
