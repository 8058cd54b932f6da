/**
 * Why a model chose what it chose: what of a text carried the decision, measured by leaving parts
 * of the text out and asking again. Each explanation is tested against random ones before it is
 * told, and is withheld where it is no better.
 */
@NullMarked
package dev.candor.governance.explanation;

import org.jspecify.annotations.NullMarked;
