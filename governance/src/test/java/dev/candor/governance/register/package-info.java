@NullMarked
package dev.candor.governance.register;

import org.jspecify.annotations.NullMarked;
