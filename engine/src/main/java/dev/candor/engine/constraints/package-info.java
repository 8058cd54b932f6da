/**
 * What an answer may be: JSON of a schema, a regular expression, a choice, a grammar, compiled to
 * an automaton over bytes, and which tokens of a vocabulary keep it on its way. Knows tokens by
 * their bytes, and nothing of models or sessions. Must not guess: a keyword that is not supported
 * is an error that names it, never a looser answer.
 *
 * <p>A {@link dev.candor.engine.constraints.Constraint} is safe for use by many threads.
 */
@NullMarked
package dev.candor.engine.constraints;

import org.jspecify.annotations.NullMarked;
