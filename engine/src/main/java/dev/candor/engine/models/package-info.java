/** One file per architecture that reads like its paper, and the layers they share. */
@NullMarked
package dev.candor.engine.models;

import org.jspecify.annotations.NullMarked;
