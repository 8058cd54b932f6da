/** How fast single kernels are, and what share of the machine's own peaks that is (JMH). */
@NullMarked
package dev.candor.benchmarks.kernels;

import org.jspecify.annotations.NullMarked;
