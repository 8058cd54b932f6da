/** Tests of the dialects of tools. */
@NullMarked
package dev.candor.server.answers.tools;

import org.jspecify.annotations.NullMarked;
