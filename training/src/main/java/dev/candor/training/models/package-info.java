/** Models whose loss has a gradient: each reads like its counterpart in the engine's models. */
@NullMarked
package dev.candor.training.models;

import org.jspecify.annotations.NullMarked;
