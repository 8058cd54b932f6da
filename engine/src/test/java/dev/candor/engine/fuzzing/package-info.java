/**
 * Parsers under Jazzer: whatever the bytes, they read them or refuse them with a typed error. In
 * every build the committed corpus is replayed; {@code mvn -Pfuzz verify} searches beyond it for a
 * bounded time.
 */
@NullMarked
package dev.candor.engine.fuzzing;

import org.jspecify.annotations.NullMarked;
