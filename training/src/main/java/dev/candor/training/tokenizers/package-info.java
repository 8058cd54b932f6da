/** Vocabularies learnt from text. */
@NullMarked
package dev.candor.training.tokenizers;

import org.jspecify.annotations.NullMarked;
