/** What was learnt beside a model: low-rank adapters and heads in their folders. */
@NullMarked
package dev.candor.engine.adapters;

import org.jspecify.annotations.NullMarked;
