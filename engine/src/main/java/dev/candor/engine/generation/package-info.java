/** From a prompt to an answer: sessions, sampling, saved states. */
@NullMarked
package dev.candor.engine.generation;

import org.jspecify.annotations.NullMarked;
