/** Tests of who may come in. */
@NullMarked
package dev.candor.server.access;

import org.jspecify.annotations.NullMarked;
