package dev.candor.engine.weights;

import dev.candor.engine.kernels.BlockFormat;
import java.util.Optional;

/** Follows a {@link Conversion}. Called by the thread that converts. */
public interface ConversionListener {

  /** Follows nothing. */
  ConversionListener SILENT =
      new ConversionListener() {
        @Override
        public void progressed(String tensor, long writtenBytes, long totalBytes) {}

        @Override
        public void deviated(Deviation deviation) {}
      };

  /**
   * A tensor that is not stored as was asked.
   *
   * @param tensor Hugging Face name
   * @param shape for people, such as {@code [1024, 200]}
   * @param stored the format it gets instead; empty if it is left out
   * @param reason for people: why, a clause without a full stop
   */
  record Deviation(String tensor, String shape, Optional<BlockFormat> stored, String reason) {}

  /**
   * Some more of the output is written.
   *
   * @param tensor Hugging Face name of the one just being written
   * @param writtenBytes of all tensors so far
   * @param totalBytes of all tensors
   */
  void progressed(String tensor, long writtenBytes, long totalBytes);

  /** A tensor is not stored as was asked; all deviations come before any progress. */
  void deviated(Deviation deviation);
}
