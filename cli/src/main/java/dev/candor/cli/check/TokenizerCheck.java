package dev.candor.cli.check;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Compares a tokenizer with a reference on many texts, both ways. Three forms of cases are known by
 * their keys:
 *
 * <ul>
 *   <li>{@code text, ids, ids_with_special, decoded}: a list of its own, as {@code
 *       tokenizer_golden.json};
 *   <li>{@code text, ids}, and {@code decoded}, {@code decoded_skip_special} where they differ from
 *       the text: member {@code cases};
 *   <li>{@code text, tokens, tokens_parse_special, detokenised}: member {@code tokenisation}.
 * </ul>
 *
 * The references of the first two recognise special tokens written out in a text; the third says
 * both.
 */
public final class TokenizerCheck {

  /** Differences that are listed; more are counted. */
  private static final int LISTED = 20;

  private final Tokenizer tokenizer;
  private final List<String> differences = new ArrayList<>();
  private int cases;
  private int differing;

  public TokenizerCheck(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** Runs all cases of a parsed golden file, of any of the three forms. */
  public void run(Object golden) {
    if (golden instanceof JsonObject object) {
      runAll(GoldenPrompt.objects(object, "cases"));
      runAll(GoldenPrompt.objects(object, "tokenisation"));
    } else if (golden instanceof List<?> list) {
      runAll(GoldenPrompt.objects(list, "the document"));
    }
  }

  private void runAll(List<JsonObject> golden) {
    golden.forEach(this::run);
  }

  /** How many cases were run. */
  public int cases() {
    return cases;
  }

  /** How many of them differ. */
  public int differing() {
    return differing;
  }

  /** The first differences, a sentence each. */
  public List<String> differences() {
    return List.copyOf(differences);
  }

  /** All in one. */
  Finding finding(String what, String subject) {
    return new Finding(
        what,
        subject,
        cases == 0 ? Double.POSITIVE_INFINITY : differing,
        0,
        cases
            - differing
            + " of "
            + cases
            + " cases"
            + (differences.isEmpty() ? "" : "; " + differences.getFirst()));
  }

  private void run(JsonObject golden) {
    String text = golden.string("text");
    List<String> found = new ArrayList<>();
    if (golden.has("tokens")) {
      int[] ids = GoldenPrompt.ids(golden, "tokens");
      ids(found, "ids", ids, tokenizer.encode(text, false, false));
      if (golden.has("tokens_parse_special")) {
        ids(
            found,
            "ids with special tokens recognised",
            GoldenPrompt.ids(golden, "tokens_parse_special"),
            tokenizer.encode(text, false, true));
      }
      decoded(found, golden.optionalString("detokenised"), ids, false);
    } else {
      int[] ids = GoldenPrompt.ids(golden, "ids");
      ids(found, "ids", ids, tokenizer.encode(text, false, true));
      if (golden.has("ids_with_special")) {
        ids(
            found,
            "ids with special tokens added",
            GoldenPrompt.ids(golden, "ids_with_special"),
            tokenizer.encode(text, true, true));
      }
      decoded(found, Optional.of(golden.optionalString("decoded").orElse(text)), ids, false);
      decoded(found, golden.optionalString("decoded_skip_special"), ids, true);
    }
    cases++;
    if (!found.isEmpty()) {
      differing++;
      if (differences.size() < LISTED) {
        differences.add("text " + quoted(text) + ": " + found.getFirst());
      }
    }
  }

  private static void ids(List<String> found, String what, int[] expected, int[] actual) {
    if (!Arrays.equals(expected, actual)) {
      found.add(
          what
              + " are "
              + shortened(Arrays.toString(actual))
              + ", expected "
              + shortened(Arrays.toString(expected)));
    }
  }

  /** Decoded at once, and as a stream gives it, piece by piece. */
  private void decoded(
      List<String> found, Optional<String> expected, int[] ids, boolean skipSpecial) {
    if (expected.isEmpty()) {
      return;
    }
    String whole = tokenizer.decode(ids, skipSpecial);
    if (!whole.equals(expected.get())) {
      found.add("decodes to " + quoted(whole) + ", expected " + quoted(expected.get()));
    }
    Tokenizer.StreamDecoder decoder = tokenizer.streamDecoder(skipSpecial);
    StringBuilder streamed = new StringBuilder();
    for (int id : ids) {
      streamed.append(decoder.next(id));
    }
    streamed.append(decoder.finish());
    if (!whole.contentEquals(streamed)) {
      found.add("streams " + quoted(streamed.toString()) + ", but decodes to " + quoted(whole));
    }
  }

  private static String quoted(String text) {
    return '"'
        + shortened(text)
            .replace("\\", "\\\\")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
            .replace("\t", "\\t")
        + '"';
  }

  private static String shortened(String text) {
    return text.length() <= 120 ? text : text.substring(0, 117) + "...";
  }
}
