@NullMarked
package dev.candor.governance.controls;

import org.jspecify.annotations.NullMarked;
