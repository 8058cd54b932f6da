@NullMarked
package dev.candor.governance.explanation;

import org.jspecify.annotations.NullMarked;
