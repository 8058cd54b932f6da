/** Tests: how probable something is if nothing is there. */
@NullMarked
package dev.candor.statistics.tests;

import org.jspecify.annotations.NullMarked;
