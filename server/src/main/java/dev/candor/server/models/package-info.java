/** The models that are served: which there are, and which are in memory. */
@NullMarked
package dev.candor.server.models;

import org.jspecify.annotations.NullMarked;
