/** How models call tools: one dialect each, and one that any model can be asked to speak. */
@NullMarked
package dev.candor.server.answers.tools;

import org.jspecify.annotations.NullMarked;
