package dev.candor.engine.generation;

import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import dev.candor.engine.models.Trace;
import java.util.List;

/**
 * The logits of the token behind a growing sequence. Where the context suggests tokens, the model
 * reads the last token and these drafts in one pass, and the logits behind each are kept for as
 * long as the drafts turn out right (speculative decoding, arXiv 2211.17192, with {@link
 * PromptLookup} in place of a draft model). The state takes back what was wrong, so that logits
 * have the same bits with and without drafts.
 */
final class Prediction {

  /** No token is suggested. */
  private static final int NONE = -1;

  private final CausalModel model;
  private final SequenceState state;

  /** Of the sequence; drafts are written behind its end. */
  private final int[] tokens;

  private final float[] logits;
  private final PromptLookup lookup = new PromptLookup();
  private final DraftLength draftLength = new DraftLength();

  /** Logits of a pass with drafts, [1 + drafts, vocabulary]. */
  private float[] verified = new float[0];

  /** How many drafts the model read in the last pass; 0 once they are settled. */
  private int drafts;

  /** What the next token may be, as the context has it. */
  private int suggested = NONE;

  private int steps;

  /**
   * @param tokens of the sequence, as long as the state has room for
   * @param logits out, [vocabulary]
   */
  Prediction(CausalModel model, SequenceState state, int[] tokens, float[] logits) {
    this.model = model;
    this.state = state;
    this.tokens = tokens;
    this.logits = logits;
  }

  /** How many passes there were. */
  int steps() {
    return steps;
  }

  /** Makes the logits those behind tokens[0 … count), of which the model may not know the last. */
  void predict(int count, Speculation speculation) {
    if (state.position() < count) {
      drafts = draft(count, speculation);
      long started = System.nanoTime();
      pass(count);
      draftLength.timed(drafts, System.nanoTime() - started);
      steps++;
    }
    if (drafts > 0) {
      int row = drafts - (state.position() - count);
      System.arraycopy(verified, row * logits.length, logits, 0, logits.length);
    }
  }

  /** Writes drafts behind the sequence; returns how many. */
  private int draft(int count, Speculation speculation) {
    suggested = NONE;
    // Logits are kept for the last token and the drafts: what is before it must be known.
    boolean isPossible = state.position() == count - 1;
    boolean isWanted =
        speculation == Speculation.ALWAYS
            || speculation == Speculation.AUTO && !model.servesOthers();
    if (!isPossible || !isWanted || !lookup.find(tokens, count)) {
      return 0;
    }
    suggested = tokens[lookup.at()];
    int room = Math.min(TokenSpan.MOST_DRAFTS, tokens.length - count);
    int chosen =
        speculation == Speculation.ALWAYS ? room : draftLength.choose(lookup.length(), room);
    while (!state.allowsDrafts(1 + chosen, chosen)) {
      chosen--;
    }
    for (int i = 0; i < chosen; i++) {
      tokens[count + i] = tokens[lookup.at() + i];
    }
    return chosen;
  }

  /** The model reads what it does not know of the sequence, and the drafts. */
  private void pass(int count) {
    int from = state.position();
    int to = count + drafts;
    if (drafts == 0) {
      model.forward(state, tokens, from, to, LogitsRequest.LAST, logits, Trace.NONE);
      return;
    }
    if (verified.length == 0) {
      verified = new float[(TokenSpan.MOST_DRAFTS + 1) * logits.length];
    }
    TokenSpan span = new TokenSpan(state, tokens, from, to, LogitsRequest.ALL, drafts);
    model.forward(List.of(span), verified, Trace.NONE);
  }

  /** The token behind tokens[0 … count) was chosen. */
  void choose(int count, int id) {
    boolean drafted = state.position() > count;
    int expected = drafted ? tokens[count] : suggested;
    if (expected != NONE) {
      draftLength.judge(lookup.length(), expected == id);
    }
    suggested = NONE;
    if (drafted && expected != id) {
      settle(count);
    }
    tokens[count] = id;
  }

  /** Takes back what the model has read behind tokens[0 … count). */
  void settle(int count) {
    if (state.position() > count) {
      state.takeBack(state.position() - count);
    }
    drafts = 0;
  }
}
