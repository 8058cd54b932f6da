/**
 * Bounded reading of JSON into plain values, and typed access to them. Nothing else of a document
 * is kept.
 */
@NullMarked
package dev.candor.engine.json;

import org.jspecify.annotations.NullMarked;
