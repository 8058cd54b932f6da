/**
 * Weights files: GGUF, safetensors, ONNX initialisers. Mapped, never copied; everything a file
 * declares is checked before it is used to allocate.
 */
@NullMarked
package dev.candor.engine.weights;

import org.jspecify.annotations.NullMarked;
