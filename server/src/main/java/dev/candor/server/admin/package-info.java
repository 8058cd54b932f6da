/** What an operator asks: whether it lives, whether it serves, what it does. */
@NullMarked
package dev.candor.server.admin;

import org.jspecify.annotations.NullMarked;
