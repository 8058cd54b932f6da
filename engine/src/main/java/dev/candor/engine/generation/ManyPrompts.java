package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.models.KeyValueCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How probable each of some texts is as the answer to each of many prompts that are alike, such as
 * a question with one word or another left out. What prompts begin with in common is read once, and
 * what remains of them is read together: one reading of the weights serves up to {@value
 * KeyValueCache#CHUNK} tokens of different prompts. The probabilities are those of {@link
 * Session#probabilities} to the bit. Not safe for use by many threads.
 */
public final class ManyPrompts {

  private final LanguageModel language;
  private final SessionOptions options;
  private final ChoiceTrie choices;
  private final Optional<PromptBeginning> beginning;
  private long tokensRead;

  /**
   * @param options of the session that each prompt would have
   * @param choices different texts, none empty
   * @throws GenerationException {@code generation.out-of-range} if a choice is empty or there twice
   */
  public ManyPrompts(LanguageModel language, SessionOptions options, List<String> choices) {
    this(language, options, choices, Optional.empty());
  }

  private ManyPrompts(
      LanguageModel language,
      SessionOptions options,
      List<String> choices,
      Optional<PromptBeginning> beginning) {
    this.language = language;
    this.options = options;
    this.choices = new ChoiceTrie(language, choices);
    this.beginning = beginning;
  }

  /**
   * The same, for prompts that are asked about in several calls and begin alike: what they begin
   * with is read in the first call alone. A call in which a prompt begins otherwise reads all.
   *
   * @param beginning the caller's, who closes it when there are no more prompts
   * @param choices different texts, none empty
   */
  public static ManyPrompts thatBeginWith(PromptBeginning beginning, List<String> choices) {
    return new ManyPrompts(
        beginning.language(), beginning.options(), choices, Optional.of(beginning));
  }

  /** How many tokens have been read so far, those of the choices included. */
  public long tokensRead() {
    return tokensRead;
  }

  /**
   * The probabilities of the choices behind each prompt.
   *
   * @param prompts ids of the vocabulary, each 1 or more
   * @param listener sees how many of all tokens have been read
   * @return as many arrays as prompts; empty if the listener stopped the reading
   * @throws GenerationException {@code generation.context-empty} if a prompt is empty, {@code
   *     generation.context-exceeded} if one is too long for the session, {@code
   *     generation.token-out-of-range}
   */
  public Optional<List<double[]>> probabilities(List<int[]> prompts, PrefillListener listener) {
    if (prompts.isEmpty()) {
      return Optional.of(List.of());
    }
    int places = choices.places();
    List<int[]> sequences = new ArrayList<>();
    for (int[] prompt : prompts) {
      require(prompt);
      for (int place = 0; place < places; place++) {
        sequences.add(joined(prompt, choices.path(place)));
      }
    }
    double[][] weights = new double[sequences.size()][];
    PromptReading.Rows rows =
        (sequence, logits, at, vocabulary) ->
            weights[sequence] = choices.weights(sequence % places, logits, at, vocabulary);
    PromptReading reading =
        new PromptReading(language.model(), options, PromptTree.of(sequences), beginning, rows);
    boolean whole = reading.run(listener);
    tokensRead += reading.tokensRead();
    if (!whole) {
      return Optional.empty();
    }
    List<double[]> probabilities = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      int first = i * places;
      probabilities.add(choices.probabilities(place -> weights[first + place]));
    }
    return Optional.of(probabilities);
  }

  private void require(int[] prompt) {
    if (prompt.length == 0) {
      throw new GenerationException(
          "context-empty", "a prompt holds no token to go on from", "Give a prompt of 1 or more.");
    }
    if (prompt.length > options.contextTokens()) {
      throw new GenerationException(
          "context-exceeded",
          "the context holds "
              + options.contextTokens()
              + " tokens; a prompt of "
              + prompt.length
              + " was given",
          "Shorten the prompt or ask for a larger context (--context).");
    }
  }

  private static int[] joined(int[] prompt, int[] path) {
    int[] all = Arrays.copyOf(prompt, prompt.length + path.length);
    System.arraycopy(path, 0, all, prompt.length, path.length);
    return all;
  }
}
