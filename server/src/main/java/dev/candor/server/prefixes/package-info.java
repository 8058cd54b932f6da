/** What models remember of conversations that may go on: in memory, and encrypted on the disk. */
@NullMarked
package dev.candor.server.prefixes;

import org.jspecify.annotations.NullMarked;
