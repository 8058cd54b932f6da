@NullMarked
package dev.candor.governance.keys;

import org.jspecify.annotations.NullMarked;
