@NullMarked
package dev.candor.server.prefixes;

import org.jspecify.annotations.NullMarked;
