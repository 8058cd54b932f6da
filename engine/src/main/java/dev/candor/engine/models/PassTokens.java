package dev.candor.engine.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens of a pass through the layers, which may belong to several sequences: one reading of
 * the weights serves them all. Spans are divided into passes of at most {@link #MOST} tokens, in
 * order; what a pass takes of a span is a {@link Run}.
 */
final class PassTokens {

  /** Most tokens of a pass. */
  static final int MOST = KeyValueCache.CHUNK;

  /**
   * Consecutive tokens of one sequence.
   *
   * @param span that they are part of
   * @param from index of the first in the span's tokens
   * @param first its row in the pass
   * @param count how many
   */
  record Run(TokenSpan span, int from, int first, int count) {

    SequenceState state() {
      return span.state();
    }

    int[] ids() {
      return span.tokens();
    }

    /** How many tokens of the run, the first ones, nobody wants logits of. */
    private int unwanted() {
      return Math.clamp((long) span.firstWanted() - from, 0, count);
    }

    /** How many drafts follow what was there before the run, if all of its span are; else 0. */
    int draftsFromStart() {
      return from == span.from() && span.drafts() == span.length() ? span.drafts() : 0;
    }

    /**
     * How many drafts follow the run's token i, if the sequence may be taken back to where it is
     * after this token; else 0.
     */
    int draftsAfter(int i) {
      int behind = span.to() - (from + i + 1);
      return behind <= span.drafts() ? behind : 0;
    }
  }

  private final SequenceState[] states = new SequenceState[MOST];
  private final int[] positions = new int[MOST];
  private final int[] ends = new int[MOST];
  private final List<Run> runs = new ArrayList<>();
  private final AdaptedTokens adapted = new AdaptedTokens();
  private List<TokenSpan> spans = List.of();
  private int ahead;
  private int span;
  private int read;
  private int tokens;

  /**
   * Begins with spans of different sequences.
   *
   * @param ahead how many tokens every sequence will read after its span before the call returns
   */
  void begin(List<TokenSpan> spans, int ahead) {
    for (int i = 1; i < spans.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (spans.get(i).state() == spans.get(j).state()) {
          throw new IllegalArgumentException("spans " + j + " and " + i + " of one sequence");
        }
      }
    }
    this.spans = spans;
    this.ahead = ahead;
    span = 0;
    read = 0;
  }

  /** Takes the tokens of the next pass; false if there are none. */
  boolean next() {
    tokens = 0;
    runs.clear();
    while (tokens < MOST && span < spans.size()) {
      TokenSpan s = spans.get(span);
      int count = Math.min(MOST - tokens, s.length() - read);
      if (count > 0) {
        add(new Run(s, s.from() + read, tokens, count));
      }
      read += count;
      if (read == s.length()) {
        span++;
        read = 0;
      }
    }
    adapted.begin(this);
    return tokens > 0;
  }

  private void add(Run run) {
    runs.add(run);
    int position = run.state().position();
    int end = position + run.span.to() - run.from + ahead;
    for (int i = 0; i < run.count; i++, tokens++) {
      states[tokens] = run.state();
      positions[tokens] = position + i;
      ends[tokens] = end;
    }
  }

  int tokens() {
    return tokens;
  }

  List<Run> runs() {
    return runs;
  }

  /** Which of them have an adapter. */
  AdaptedTokens adapted() {
    return adapted;
  }

  SequenceState state(int token) {
    return states[token];
  }

  /** The token's position in its sequence. */
  int position(int token) {
    return positions[token];
  }

  /** How many tokens the token's sequence has when the call returns. */
  int end(int token) {
    return ends[token];
  }

  /** Most keys that a token of the pass may see. */
  int mostVisible() {
    int most = 0;
    for (int t = 0; t < tokens; t++) {
      most = Math.max(most, positions[t] + 1);
    }
    return most;
  }

  /** Moves the rows of tokens whose logits are wanted to the front of a [tokens, width] array. */
  void gatherWanted(float[] rows, int width) {
    int to = 0;
    for (Run run : runs) {
      int first = run.first + run.unwanted();
      int count = run.first + run.count - first;
      System.arraycopy(rows, first * width, rows, to * width, count * width);
      to += count;
    }
  }

  /** Only tokens whose logits are wanted go on: those whose rows {@link #gatherWanted} moves. */
  void keepWanted() {
    int to = 0;
    for (Run run : runs) {
      int first = run.first + run.unwanted();
      for (int t = first; t < run.first + run.count; t++, to++) {
        states[to] = states[t];
        positions[to] = positions[t];
        ends[to] = ends[t];
      }
    }
    tokens = to;
    adapted.begin(this);
  }

  /** Tells the sequences that all layers have seen the pass. */
  void advance() {
    for (Run run : runs) {
      run.state().advance(run.ids(), run.from, run.count);
      run.state().allowTakeBack(run.span.drafts());
    }
  }

  /** Forgets the sequences: they may be closed before this is used again. */
  void end() {
    spans = List.of();
    runs.clear();
    adapted.end();
    Arrays.fill(states, null);
  }
}
