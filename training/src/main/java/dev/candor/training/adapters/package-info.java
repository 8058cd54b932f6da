/** What is learnt beside a model whose weights stay as they are: low-rank adapters and heads. */
@NullMarked
package dev.candor.training.adapters;

import org.jspecify.annotations.NullMarked;
