@NullMarked
package dev.candor.governance.policy;

import org.jspecify.annotations.NullMarked;
