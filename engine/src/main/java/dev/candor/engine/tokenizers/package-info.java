/** Text to token ids and back, and chat templates. Knows nothing of weights or models. */
@NullMarked
package dev.candor.engine.tokenizers;

import org.jspecify.annotations.NullMarked;
