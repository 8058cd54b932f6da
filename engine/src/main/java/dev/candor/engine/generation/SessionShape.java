package dev.candor.engine.generation;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.models.SequenceState;
import java.util.List;
import java.util.Optional;

/** What a saved state must fit to become that of a session. */
record SessionShape(LanguageModel language, SessionOptions options, SequenceState state)
    implements SavedState.Expected {

  @Override
  public String digest() {
    return language.digest();
  }

  @Override
  public Optional<String> adapter() {
    return options.adapter().digest();
  }

  @Override
  public String profile() {
    return Kernels.NUMERIC_PROFILE;
  }

  @Override
  public BlockFormat cacheFormat() {
    return options.cacheFormat();
  }

  @Override
  public int vocabulary() {
    return language.model().vocabularySize();
  }

  @Override
  public int capacity() {
    return options.contextTokens();
  }

  @Override
  public List<Long> segmentBytes(int seen) {
    return state.snapshotBytes(seen);
  }
}
