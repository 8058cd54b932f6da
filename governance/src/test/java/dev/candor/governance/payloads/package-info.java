@NullMarked
package dev.candor.governance.payloads;

import org.jspecify.annotations.NullMarked;
