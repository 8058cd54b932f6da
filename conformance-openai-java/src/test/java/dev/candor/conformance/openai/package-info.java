/** The official Java client of OpenAI asks the server. */
@NullMarked
package dev.candor.conformance.openai;

import org.jspecify.annotations.NullMarked;
