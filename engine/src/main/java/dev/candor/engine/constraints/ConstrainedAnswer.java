package dev.candor.engine.constraints;

import dev.candor.engine.GenerationException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * An answer on its way through a constraint: what has come, and what may come next. Not safe for
 * use by many threads.
 */
public final class ConstrainedAnswer {

  /** Longest text that is taken without asking the model, at a time. */
  private static final int MOST_FORCED = 512;

  private final TokenAutomaton automaton;
  private final String name;
  private int state;

  ConstrainedAnswer(TokenAutomaton automaton, int start, String name) {
    this.automaton = automaton;
    this.state = start;
    this.name = name;
  }

  /** Whether the text so far fits as it is. */
  public boolean mayEnd() {
    return automaton.mayEnd(state);
  }

  /** Whether nothing may follow. */
  public boolean mustEnd() {
    return mayEnd() && automaton.onlyByte(state) == -2;
  }

  /** How many bytes are missing at least. */
  public int missingBytes() {
    return automaton.shortest(state);
  }

  /**
   * Sets the logits of tokens that may not come to −∞.
   *
   * @param logits [vocabulary]
   * @param ends whether the token ends an answer; such tokens may come where the text fits
   */
  public void mask(float[] logits, IntPredicate ends) {
    apply(automaton.mask(state), logits, ends);
  }

  /**
   * The same, and only tokens behind which the answer can still end within so many tokens.
   *
   * @param tokens that may follow the next one
   */
  public void mask(float[] logits, IntPredicate ends, int tokens) {
    apply(automaton.mask(state, tokens), logits, ends);
  }

  private void apply(long[] mask, float[] logits, IntPredicate ends) {
    boolean mayEnd = mayEnd();
    boolean any = false;
    for (int word = 0; word < mask.length; word++) {
      long bits = mask[word];
      int from = word << 6;
      int to = Math.min(from + 64, logits.length);
      if (bits == 0) {
        for (int id = from; id < to; id++) {
          if (!(mayEnd && ends.test(id))) {
            logits[id] = Float.NEGATIVE_INFINITY;
          } else {
            any = true;
          }
        }
        continue;
      }
      any = true;
      for (int id = from; id < to; id++) {
        if ((bits >>> id & 1) == 0 && !(mayEnd && ends.test(id))) {
          logits[id] = Float.NEGATIVE_INFINITY;
        }
      }
    }
    if (!any) {
      throw unspeakable(name);
    }
  }

  static GenerationException unspeakable(String name) {
    return new GenerationException(
        "constraint-unspeakable",
        "the vocabulary of this model has no tokens for a text of " + name,
        "Use another constraint, or a model whose vocabulary has all bytes.");
  }

  /** Whether the token may come next and the answer still end within so many further tokens. */
  public boolean allows(int id, int tokens) {
    return automaton.vocabulary().bytes(id).length > 0
        && automaton.shortest(automaton.after(state, id)) <= tokens;
  }

  /** The token has come. */
  public void accept(int id) {
    state = automaton.after(state, id);
    if (state == Expressions.NONE) {
      throw new IllegalStateException("token " + id + " does not fit " + name);
    }
  }

  /** Bytes that must come next, whatever the model says; empty if there is a choice. */
  public byte[] forced() {
    ByteArrayOutputStream forced = new ByteArrayOutputStream();
    int at = state;
    while (forced.size() < MOST_FORCED && !automaton.mayEnd(at)) {
      int b = automaton.onlyByte(at);
      if (b < 0) {
        break;
      }
      forced.write(b);
      at = automaton.derive(at, b);
    }
    return forced.toByteArray();
  }

  /** Whether nothing may follow these bytes. */
  public boolean endsBehind(byte[] forced) {
    int at = state;
    for (byte b : forced) {
      at = automaton.derive(at, b & 0xFF);
    }
    return automaton.mayEnd(at) && automaton.onlyByte(at) == -2;
  }

  /** Whether these tokens spell exactly these bytes. */
  public boolean spells(int[] ids, byte[] text) {
    ByteArrayOutputStream spelt = new ByteArrayOutputStream();
    for (int id : ids) {
      spelt.writeBytes(automaton.vocabulary().bytes(id));
    }
    return Arrays.equals(spelt.toByteArray(), text);
  }

  /** Tokens that spell these bytes, the longest first. */
  public int[] spell(byte[] text) {
    return automaton.vocabulary().spell(text);
  }
}
