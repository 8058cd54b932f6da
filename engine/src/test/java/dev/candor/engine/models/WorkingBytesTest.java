package dev.candor.engine.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.WorkerPool;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link CausalModel#workingBytes} says, held against what the virtual machine counts. */
class WorkingBytesTest {

  /** One chunk, so that no row for scores is outgrown by a later one. */
  private static final int TOKENS = KeyValueCache.CHUNK - 5;

  @AutoClose private final WorkerPool pool = new PersistentWorkerPool(1);
  private final Compute compute = new Compute(new ScalarKernels(), pool);

  static Stream<RandomCheckpoint> checkpoints() {
    return Stream.concat(
        Stream.of(RandomSambaY.of(1)),
        DecoderConfigs.ALL.stream()
            .map(config -> RandomCheckpoint.decoder(config.architecture(), config.json(), 7)));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void isWhatTheFirstPassAllocatesAndLaterOnesDoNot(RandomCheckpoint checkpoint) {
    // Classes are loaded and the kernels' own scratch is there before anything is measured.
    allocatedByPass(Architectures.load(checkpoint, compute), TokenSpan.MOST_DRAFTS);
    // The median: what the JVM compiles meanwhile allocates more or less from then on.
    long[] differences =
        LongStream.generate(() -> firstPassBeyondLaterOnes(checkpoint)).limit(5).sorted().toArray();
    long expected =
        Architectures.load(checkpoint, compute).workingBytes(TOKENS) - compute.scratchBytes();
    assertThat(differences[2]).isCloseTo(expected, Percentage.withPercentage(10));
  }

  private long firstPassBeyondLaterOnes(RandomCheckpoint checkpoint) {
    CausalModel model = Architectures.load(checkpoint, compute);
    long first = allocatedByPass(model, TokenSpan.MOST_DRAFTS);
    long later = allocatedByPass(model, 0);
    return first - later;
  }

  @Test
  void growsWithTheLongestSequence() {
    CausalModel model = Architectures.load(RandomSambaY.of(1), compute);
    assertThat(model.workingBytes(4096)).isGreaterThan(model.workingBytes(1024));
  }

  private static long allocatedByPass(CausalModel model, int drafts) {
    int[] tokens = new SplittableRandom(3).ints(TOKENS, 0, model.vocabularySize()).toArray();
    float[] logits = new float[model.vocabularySize()];
    try (SequenceState state = model.newState(TOKENS, BlockFormat.F32)) {
      long before = allocatedBytes();
      TokenSpan span = new TokenSpan(state, tokens, 0, TOKENS, LogitsRequest.LAST, drafts);
      model.forward(List.of(span), logits, Trace.NONE);
      return allocatedBytes() - before;
    }
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }
}
