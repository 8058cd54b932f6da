package dev.candor.cli;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.Adapter;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import dev.candor.engine.models.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What {@code candor bench} measures: some sequences at once are filled to a depth, read a prompt,
 * and are decoded token by token.
 *
 * @param prefillNanos from the first token of the prompts to the choice of each sequence's next
 * @param decodeNanos of all that follow
 * @param prefillCpuNanos processor time of all threads meanwhile
 * @param decodeCpuNanos likewise
 */
record BenchMeasurement(
    long prefillNanos, long decodeNanos, long prefillCpuNanos, long decodeCpuNanos) {

  /** Tokens of the depth that are read at a time, between two looks at the progress line. */
  private static final int STEP = 256;

  /**
   * How much is done.
   *
   * @param streams sequences at once
   * @param depth tokens of each that are there before anything is measured
   * @param prompt tokens of each that are read
   * @param decode tokens of each that are computed one by one
   */
  record Work(int streams, int depth, int prompt, int decode) {

    /** Tokens of a sequence in the end. */
    long context() {
      return (long) depth + prompt + decode;
    }
  }

  /** Does the work on sequences of random tokens. */
  static BenchMeasurement of(
      CausalModel network,
      Adapter adapter,
      BlockFormat cacheFormat,
      Work work,
      long seed,
      String what,
      ProgressLine progress) {
    int length = Math.toIntExact(work.context());
    SplittableRandom random = new SplittableRandom(seed);
    float[] logits = new float[work.streams() * network.vocabularySize()];
    List<SequenceState> states = new ArrayList<>();
    List<int[]> tokens = new ArrayList<>();
    try {
      for (int i = 0; i < work.streams(); i++) {
        states.add(network.newState(length, cacheFormat, adapter));
        tokens.add(random.ints(length, 0, network.vocabularySize()).toArray());
      }
      for (int from = 0; from < work.depth(); from += STEP) {
        int to = Math.min(work.depth(), from + STEP);
        forward(network, states, tokens, from, to, LogitsRequest.NONE, logits);
        progress.draw("filling the context: " + to + " of " + work.depth() + " tokens");
      }
      progress.draw(what);
      int first = work.depth() + work.prompt();
      long startedCpu = Machine.processorNanos();
      long started = System.nanoTime();
      forward(network, states, tokens, work.depth(), first, LogitsRequest.LAST, logits);
      long read = System.nanoTime();
      long readCpu = Machine.processorNanos();
      for (int at = first; at < length; at++) {
        forward(network, states, tokens, at, at + 1, LogitsRequest.LAST, logits);
      }
      long decoded = System.nanoTime();
      return new BenchMeasurement(
          read - started, decoded - read, readCpu - startedCpu, Machine.processorNanos() - readCpu);
    } finally {
      states.forEach(SequenceState::close);
    }
  }

  /** One call for all sequences, each reading its tokens [from, to). */
  private static void forward(
      CausalModel network,
      List<SequenceState> states,
      List<int[]> tokens,
      int from,
      int to,
      LogitsRequest wanted,
      float[] logits) {
    List<TokenSpan> spans = new ArrayList<>(states.size());
    for (int i = 0; i < states.size(); i++) {
      spans.add(new TokenSpan(states.get(i), tokens.get(i), from, to, wanted));
    }
    network.forward(spans, logits, Trace.NONE);
  }
}
