@NullMarked
package dev.candor.governance.reports;

import org.jspecify.annotations.NullMarked;
