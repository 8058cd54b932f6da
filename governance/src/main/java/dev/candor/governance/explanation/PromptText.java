package dev.candor.governance.explanation;

import dev.candor.engine.tokenizers.LiteralRanges;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.governance.evidence.DigestTuple;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A prompt, and where in it the text is that was asked about: the same prompt can be made with
 * another text. It is taken apart from its tokens alone, and only where putting it together again
 * gives exactly these tokens.
 *
 * @param before tokens before the run of ordinary tokens that holds the text
 * @param lead what stands before the text in that run
 * @param trail what stands behind it
 * @param after tokens behind the run
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PromptText(
    Tokenizer tokenizer, int[] before, String lead, String trail, int[] after) {

  /**
   * Takes a prompt apart.
   *
   * @param text as it stands in the prompt; where it stands there more than once, the last counts
   * @return empty if it is not there in this form, or if the tokens would come out otherwise
   */
  public static Optional<PromptText> of(Tokenizer tokenizer, int[] prompt, String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    int to = prompt.length;
    while (to > 0) {
      while (to > 0 && tokenizer.isSpecial(prompt[to - 1])) {
        to--;
      }
      int from = to;
      while (from > 0 && !tokenizer.isSpecial(prompt[from - 1])) {
        from--;
      }
      int[] run = Arrays.copyOfRange(prompt, from, to);
      String written = written(tokenizer, run);
      int at = written.lastIndexOf(text);
      if (at >= 0) {
        PromptText parts =
            new PromptText(
                tokenizer,
                Arrays.copyOf(prompt, from),
                written.substring(0, at),
                written.substring(at + text.length()),
                Arrays.copyOfRange(prompt, to, prompt.length));
        return Arrays.equals(parts.tokens(text), prompt) ? Optional.of(parts) : Optional.empty();
      }
      to = from;
    }
    return Optional.empty();
  }

  private static String written(Tokenizer tokenizer, int[] run) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : run) {
      bytes.writeBytes(tokenizer.bytes(id));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /**
   * What is asked, whatever the text: SHA-256 of all that stands around it, the tokens of the
   * vocabulary spelt out.
   */
  public String question() {
    return DigestTuple.sha256(
        (spelt(before) + lead + "\0" + trail + spelt(after)).getBytes(StandardCharsets.UTF_8));
  }

  private String spelt(int[] ids) {
    StringBuilder spelt = new StringBuilder();
    for (int id : ids) {
      spelt.append(tokenizer.token(id));
    }
    return spelt.toString();
  }

  /** The same, with more tokens behind it. */
  PromptText followedBy(int[] more) {
    int[] all = Arrays.copyOf(after, after.length + more.length);
    System.arraycopy(more, 0, all, after.length, more.length);
    return new PromptText(tokenizer, before, lead, trail, all);
  }

  /**
   * What it begins with, whatever the text: all tokens before it that do not change with it. Of
   * some texts the first letter may yet join the last of these tokens.
   */
  public int[] beginning() {
    int[] one = tokens("A");
    int[] other = tokens("0");
    return Arrays.copyOf(one, Math.max(0, Arrays.mismatch(one, other)));
  }

  /** The prompt with another text. */
  public int[] tokens(String text) {
    int[] run = tokenizer.encode(lead + text + trail, false, LiteralRanges.ALL);
    int[] all = Arrays.copyOf(before, before.length + run.length + after.length);
    System.arraycopy(run, 0, all, before.length, run.length);
    System.arraycopy(after, 0, all, before.length + run.length, after.length);
    return all;
  }
}
