/** Reports and documents for people, made of figures that the log alone gives again. */
@NullMarked
package dev.candor.governance.reports;

import org.jspecify.annotations.NullMarked;
