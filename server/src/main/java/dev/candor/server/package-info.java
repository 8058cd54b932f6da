/**
 * Decisions over HTTP. Every request goes the way of a decision; the server adds who may come in,
 * how many at once, and the form in which applications that exist already ask and are answered.
 * Must not generate past the pipeline, log what was asked or answered, or drop a field of a request
 * in silence.
 */
@NullMarked
package dev.candor.server;

import org.jspecify.annotations.NullMarked;
