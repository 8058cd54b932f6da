@NullMarked
package dev.candor.governance.inventory;

import org.jspecify.annotations.NullMarked;
