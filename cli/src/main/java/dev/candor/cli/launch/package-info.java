/**
 * What the launcher does once after a build, so that no start has to do it. {@link
 * dev.candor.cli.launch.Libraries} comes first, {@link dev.candor.cli.launch.Rehearsal} last.
 */
@NullMarked
package dev.candor.cli.launch;

import org.jspecify.annotations.NullMarked;
