/**
 * What every room is held to together: golden outputs, abuse cases, the rules of the house.
 *
 * <p>Tests that need a real model or a real vocabulary carry {@code @Tag("real-data")} and find it
 * through {@link dev.candor.conformance.TestData}. They are part of the build whenever {@code
 * CANDOR_TEST_MODELS} is set, as it always is in CI, and then a missing file fails.
 */
@NullMarked
package dev.candor.conformance;

import org.jspecify.annotations.NullMarked;
