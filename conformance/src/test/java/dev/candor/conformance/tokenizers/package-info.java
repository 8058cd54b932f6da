/** Published vocabularies, too large for the repository, against what the references gave. */
@NullMarked
package dev.candor.conformance.tokenizers;

import org.jspecify.annotations.NullMarked;
