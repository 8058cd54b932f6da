/** Tests of how answers are taken apart. */
@NullMarked
package dev.candor.server.answers;

import org.jspecify.annotations.NullMarked;
