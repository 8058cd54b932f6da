/** The wire of OpenAI, part by part. */
@NullMarked
package dev.candor.server.openai;

import org.jspecify.annotations.NullMarked;
