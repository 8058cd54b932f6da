@NullMarked
package dev.candor.governance.loading;

import org.jspecify.annotations.NullMarked;
