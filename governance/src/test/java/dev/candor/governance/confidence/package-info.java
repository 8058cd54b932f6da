@NullMarked
package dev.candor.governance.confidence;

import org.jspecify.annotations.NullMarked;
