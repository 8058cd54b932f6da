/** Tests of the models in memory. */
@NullMarked
package dev.candor.server.models;

import org.jspecify.annotations.NullMarked;
