package dev.candor.engine.weights;

import dev.candor.engine.kernels.BlockFormat;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A named array of a weights file, mapped. Shape is row-major, outermost first (the order of
 * PyTorch; GGUF stores the reverse), so {@code [out, in]} for a linear layer.
 *
 * @param name Hugging Face name, whatever the file calls it
 * @param format how its elements are stored
 * @param shape extents, outermost first
 * @param data its bytes, a view of the mapped file
 */
public record Tensor(String name, BlockFormat format, List<Integer> shape, MemorySegment data) {}
