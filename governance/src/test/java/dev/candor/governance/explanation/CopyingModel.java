package dev.candor.governance.explanation;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.LinearLayers;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import dev.candor.engine.models.Trace;
import dev.candor.engine.tokenizers.LiteralRanges;
import dev.candor.engine.tokenizers.Tokenizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A model with one rule: it answers what stands behind the last {@code code: } of the text. All
 * else it reads moves it a little, by chance.
 */
final class CopyingModel implements CausalModel {

  private static final String FIELD = "code: ";
  private static final float RULE = 4;
  private static final double NOISE = 0.5;

  private final Tokenizer tokenizer;

  /** Speaks with the tokens of another model. */
  CopyingModel(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  @Override
  public String architecture() {
    return "copying";
  }

  @Override
  public int vocabularySize() {
    return tokenizer.vocabularySize();
  }

  @Override
  public int contextLength() {
    return 4096;
  }

  @Override
  public long stateBytes(int capacity, BlockFormat cacheFormat) {
    return 4L * capacity;
  }

  @Override
  public long workingBytes(int capacity) {
    return 0;
  }

  @Override
  public SequenceState newState(int capacity, BlockFormat cacheFormat) {
    return new Read(capacity);
  }

  @Override
  public LinearLayers linearLayers() {
    return LinearLayers.none();
  }

  @Override
  public int hiddenSize() {
    return 1;
  }

  @Override
  public void hiddenStates(List<TokenSpan> spans, float[] hidden) {
    throw new UnsupportedOperationException("it has none");
  }

  @Override
  public void forward(List<TokenSpan> spans, float[] logits, Trace trace) {
    int row = 0;
    for (TokenSpan span : spans) {
      Read state = (Read) span.state();
      for (int i = span.from(); i < span.to(); i++) {
        state.read(span.tokens()[i]);
        boolean last = i == span.to() - 1 && span.wanted() == LogitsRequest.LAST;
        if (last || span.wanted() == LogitsRequest.ALL) {
          answer(state.tokens(), logits, row++ * vocabularySize());
        }
      }
      state.allowTakeBack(span.drafts());
    }
  }

  private void answer(int[] tokens, float[] logits, int at) {
    SplittableRandom chance = new SplittableRandom(Arrays.hashCode(tokens));
    for (int id = 0; id < vocabularySize(); id++) {
      logits[at + id] = (float) chance.nextDouble(-NOISE, NOISE);
    }
    String text = tokenizer.decode(tokens, true);
    int field = text.lastIndexOf(FIELD);
    if (field >= 0) {
      String value = text.substring(field + FIELD.length()).split("\\s", 2)[0];
      int[] spelt = tokenizer.encode(value, false, LiteralRanges.ALL);
      if (spelt.length > 0) {
        logits[at + spelt[0]] += RULE;
      }
    }
  }

  private static final class Read extends SequenceState {
    private final int[] seen;

    Read(int capacity) {
      super(capacity);
      seen = new int[capacity];
    }

    void read(int token) {
      requireRoom(1);
      seen[position()] = token;
      advance(1);
    }

    int[] tokens() {
      return Arrays.copyOf(seen, position());
    }

    @Override
    protected void forget(int tokens) {}

    @Override
    public List<MemorySegment> snapshot(Arena arena) {
      return List.of(MemorySegment.ofArray(tokens()));
    }

    @Override
    public List<Long> snapshotBytes(int position) {
      return List.of(4L * position);
    }

    @Override
    protected void load(int position, List<MemorySegment> snapshot) {
      MemorySegment.copy(snapshot.getFirst(), 0, MemorySegment.ofArray(seen), 0, 4L * position);
    }

    @Override
    public void close() {}
  }
}
