/** What frameworks demand, as data, and the live evidence that each control points at. */
@NullMarked
package dev.candor.governance.controls;

import org.jspecify.annotations.NullMarked;
