package dev.candor.engine.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.GenerationException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several sequences in one call, and drafts that are taken back: nobody's logits tell of it. */
class BatchTest {

  /** Longer than a pass, than every window, and than what LongRoPE was trained on first. */
  private static final int LENGTH = KeyValueCache.CHUNK + 61;

  private static final int SEQUENCES = 4;

  @AutoClose private final PersistentWorkerPool pool = new PersistentWorkerPool(2);
  private final List<SequenceState> states = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(5);

  record Named(String name, RandomCheckpoint checkpoint) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Named> models() {
    Stream<Named> dense =
        DecoderConfigs.ALL.stream()
            .map(config ->
                new Named(
                    config.toString(),
                    RandomCheckpoint.decoder(config.architecture(), config.json(), 7)));
    return Stream.concat(dense, Stream.of(new Named("sambay", RandomSambaY.of(1))));
  }

  @AfterEach
  void closeStates() {
    states.forEach(SequenceState::close);
  }

  private CausalModel load(Named named) {
    return Architectures.load(named.checkpoint(), new Compute(new ScalarKernels(), pool));
  }

  private SequenceState state(CausalModel model) {
    SequenceState state = model.newState(LENGTH, BlockFormat.F16);
    states.add(state);
    return state;
  }

  /** A sequence, how it is read, and what its logits are when it is read alone. */
  private final class Sequence {
    private final CausalModel model;
    private final int[] tokens;
    private final SequenceState state;
    private final float[][] alone;

    Sequence(CausalModel model) {
      this.model = model;
      tokens = random.ints(LENGTH, 0, model.vocabularySize()).toArray();
      state = state(model);
      alone = alone(LENGTH);
    }

    /** Logits of each token in a call that ends with the sequence at this length. */
    private float[][] alone(int length) {
      float[] logits = new float[length * model.vocabularySize()];
      model.forward(state(model), tokens, 0, length, LogitsRequest.ALL, logits, Trace.NONE);
      return IntStream.range(0, length).mapToObj(t -> row(logits, t)).toArray(float[][]::new);
    }

    private float[] row(float[] logits, int row) {
      int vocabulary = model.vocabularySize();
      return Arrays.copyOfRange(logits, row * vocabulary, (row + 1) * vocabulary);
    }

    int left() {
      return LENGTH - state.position();
    }

    /** The next tokens; some may be drafts, of which the last may be wrong. */
    TokenSpan next(int wrong) {
      int certain = random.nextInt(random.nextInt(1, left() + 1));
      int drafts = random.nextInt(certain == 0 ? 1 : 0, Math.min(7, left() - certain) + 1);
      if (!state.allowsDrafts(certain + drafts, drafts)) {
        certain += drafts;
        drafts = 0;
      }
      int from = state.position();
      int to = from + certain + drafts;
      int[] guessed = tokens.clone();
      for (int i = to - Math.min(wrong, drafts); i < to; i++) {
        guessed[i] = (guessed[i] + 1) % model.vocabularySize();
      }
      LogitsRequest wanted = LogitsRequest.values()[random.nextInt(3)];
      return new TokenSpan(state, guessed, from, to, wanted, drafts);
    }

    /**
     * Checks the rows of a span, of which the last {@code wrong} tokens were not the sequence's.
     */
    int check(TokenSpan span, int wrong, float[] logits, int firstRow) {
      // With LongRoPE a token's logits depend on how long the sequence was in the end.
      float[][] expected = isReadAgain() ? alone(span.to()) : alone;
      int row = firstRow;
      for (int t = span.firstWanted(); t < span.to(); t++, row++) {
        if (t < span.to() - wrong) {
          assertThat(row(logits, row)).as("token %d of %s", t, span).isEqualTo(expected[t]);
        }
      }
      return row;
    }

    private boolean isReadAgain() {
      return state instanceof DecoderState decoder && decoder.ids().length > 0;
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void sequencesInOneCallGetTheLogitsTheyGetAlone(Named named) {
    CausalModel model = load(named);
    List<Sequence> sequences =
        IntStream.range(0, SEQUENCES).mapToObj(i -> new Sequence(model)).toList();
    while (sequences.stream().anyMatch(sequence -> sequence.left() > 0)) {
      List<Sequence> some =
          sequences.stream().filter(s -> s.left() > 0 && random.nextInt(4) > 0).toList();
      int[] wrong = some.stream().mapToInt(s -> random.nextInt(4)).toArray();
      List<TokenSpan> spans = new ArrayList<>();
      for (int i = 0; i < wrong.length; i++) {
        spans.add(some.get(i).next(wrong[i]));
        wrong[i] = Math.min(wrong[i], spans.get(i).drafts());
      }
      float[] logits = new float[SEQUENCES * LENGTH * model.vocabularySize()];
      model.forward(spans, logits, Trace.NONE);
      int row = 0;
      for (int i = 0; i < wrong.length; i++) {
        row = some.get(i).check(spans.get(i), wrong[i], logits, row);
        spans.get(i).state().takeBack(wrong[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void aCallThatCannotBeServedChangesNoSequence(Named named) {
    CausalModel model = load(named);
    SequenceState one = state(model);
    SequenceState other = state(model);
    int[] tokens = new int[LENGTH + 1];
    int[] unknown = {0, model.vocabularySize()};
    for (TokenSpan bad :
        List.of(
            new TokenSpan(other, tokens, 0, LENGTH + 1, LogitsRequest.NONE),
            new TokenSpan(other, unknown, 0, 2, LogitsRequest.NONE))) {
      TokenSpan good = new TokenSpan(one, tokens, 0, 3, LogitsRequest.NONE);
      assertThatThrownBy(() -> model.forward(List.of(good, bad), new float[0], Trace.NONE))
          .isInstanceOf(GenerationException.class);
      assertThat(one.position()).isZero();
      assertThat(other.position()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void onlyDraftsAreTakenBackAndOnlyOnce(Named named) {
    CausalModel model = load(named);
    SequenceState state = state(model);
    int[] tokens = new int[8];
    TokenSpan span = new TokenSpan(state, tokens, 0, 8, LogitsRequest.NONE, 3);
    model.forward(List.of(span), new float[0], Trace.NONE);
    assertThatThrownBy(() -> state.takeBack(4)).isInstanceOf(IllegalArgumentException.class);
    state.takeBack(2);
    assertThat(state.position()).isEqualTo(6);
    assertThatThrownBy(() -> state.takeBack(1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> model.forward(List.of(span, span), new float[0], Trace.NONE))
        .isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> new TokenSpan(state, tokens, 0, 3, LogitsRequest.NONE, 4))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
