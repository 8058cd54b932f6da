/**
 * How sure a model may be taken to be: its probabilities held against what was right, and the cases
 * that go to a person.
 */
@NullMarked
package dev.candor.governance.confidence;

import org.jspecify.annotations.NullMarked;
