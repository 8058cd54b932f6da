@NullMarked
package dev.candor.cli.launch;

import org.jspecify.annotations.NullMarked;
