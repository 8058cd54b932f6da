/** The wire of OpenAI's clients, as their own code reads and writes it. */
@NullMarked
package dev.candor.server.openai;

import org.jspecify.annotations.NullMarked;
