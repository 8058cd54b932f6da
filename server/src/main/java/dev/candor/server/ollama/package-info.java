/** The wire of Ollama's clients, as far as their tools need it. */
@NullMarked
package dev.candor.server.ollama;

import org.jspecify.annotations.NullMarked;
