/** Statistics on published data, against published numbers. */
@NullMarked
package dev.candor.conformance.statistics;

import org.jspecify.annotations.NullMarked;
