/** Whether probabilities mean what they say, and the temperature that makes them do so. */
@NullMarked
package dev.candor.statistics.calibration;

import org.jspecify.annotations.NullMarked;
