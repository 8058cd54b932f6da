/** Tests of who waits for whom. */
@NullMarked
package dev.candor.server.batching;

import org.jspecify.annotations.NullMarked;
