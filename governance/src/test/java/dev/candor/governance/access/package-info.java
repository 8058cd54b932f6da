@NullMarked
package dev.candor.governance.access;

import org.jspecify.annotations.NullMarked;
