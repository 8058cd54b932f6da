package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.constraints.ConstrainedAnswer;
import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.tokenizers.LiteralRanges;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Keeps an answer within a constraint: takes what must come without asking the model, chooses among
 * what may come, and sees to it that the answer is whole when its tokens are used up.
 */
final class Guide {

  /** Nothing must come. */
  static final int NONE = -1;

  private final LanguageModel language;
  private final ConstrainedAnswer answer;
  private final IntPredicate ends;
  private final float[] masked;
  private final ArrayDeque<Integer> forced = new ArrayDeque<>();

  /**
   * @param ends which tokens end an answer
   * @param tokens that the answer may have
   * @throws GenerationException {@code generation.constraint-too-long} if no answer fits into them
   */
  Guide(LanguageModel language, Constraint constraint, IntPredicate ends, int tokens) {
    this.language = language;
    this.ends = ends;
    answer = constraint.begin(language.vocabulary());
    masked = new float[language.model().vocabularySize()];
    if (answer.missingBytes() > tokens) {
      throw new GenerationException(
          "constraint-too-long",
          "the shortest text of "
              + constraint.name()
              + " has "
              + answer.missingBytes()
              + " bytes, and the answer may have "
              + tokens
              + " tokens",
          "Allow more tokens (--max-tokens, --context).");
    }
  }

  /** The token that must come next; {@link #NONE} if the model is to be asked. */
  int forced() {
    if (forced.isEmpty()) {
      force(answer.forced());
    }
    return forced.isEmpty() ? NONE : forced.remove();
  }

  /**
   * As the tokenizer would spell the bytes. The last token stays open, because what follows could
   * become a part of it.
   */
  private void force(byte[] bytes) {
    int length = wholeCharacters(bytes);
    if (length == 0) {
      return;
    }
    byte[] text = Arrays.copyOf(bytes, length);
    String string = new String(text, StandardCharsets.UTF_8);
    int[] ids = language.tokenizer().encode(string, false, LiteralRanges.ALL);
    if (!answer.spells(ids, text)) {
      ids = answer.spell(text);
    }
    int certain = answer.endsBehind(text) ? ids.length : ids.length - 1;
    for (int i = 0; i < certain; i++) {
      forced.add(ids[i]);
    }
  }

  /** How many of the bytes are whole characters of UTF-8. */
  private static int wholeCharacters(byte[] bytes) {
    int start = bytes.length;
    while (start > 0 && (bytes[start - 1] & 0xC0) == 0x80) {
      start--;
    }
    if (start == 0) {
      return 0;
    }
    int lead = bytes[start - 1] & 0xFF;
    int size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return start - 1 + size == bytes.length ? bytes.length : start - 1;
  }

  /**
   * The model's choice among what may come.
   *
   * @param logits [vocabulary]; not changed
   * @param place in the context
   * @param tokens that may follow this one
   */
  int choose(Sampler sampler, float[] logits, int place, int tokens) {
    if (sampler.isGreedy()) {
      // The largest of all is the largest of those that may come, if it is one of them: mostly it
      // is, and no mask is needed.
      int id = sampler.choose(logits, place);
      if (ends.test(id) ? answer.mayEnd() : answer.allows(id, tokens)) {
        return id;
      }
    }
    System.arraycopy(logits, 0, masked, 0, masked.length);
    answer.mask(masked, ends);
    int id = sampler.choose(masked, place);
    if (!ends.test(id) && !answer.allows(id, tokens)) {
      System.arraycopy(logits, 0, masked, 0, masked.length);
      answer.mask(masked, ends, tokens);
      id = sampler.choose(masked, place);
    }
    return id;
  }

  /** A token has come. */
  void accept(int id) {
    if (!ends.test(id)) {
      answer.accept(id);
    }
  }

  /** Whether the answer is whole and nothing may follow. */
  boolean mustEnd() {
    return forced.isEmpty() && answer.mustEnd();
  }
}
