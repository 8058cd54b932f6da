/**
 * What the embedded model is taught: exercises made of grammars that a person can read, with whole
 * phrasings and whole values kept back to measure by.
 */
@NullMarked
package dev.candor.training.lessons;

import org.jspecify.annotations.NullMarked;
