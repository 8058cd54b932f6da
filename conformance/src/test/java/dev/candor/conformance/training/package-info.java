/** What is trained, against PyTorch. */
@NullMarked
package dev.candor.conformance.training;

import org.jspecify.annotations.NullMarked;
