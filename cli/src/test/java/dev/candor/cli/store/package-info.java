@NullMarked
package dev.candor.cli.store;

import org.jspecify.annotations.NullMarked;
