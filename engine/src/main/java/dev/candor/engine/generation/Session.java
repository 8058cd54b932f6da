package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.generation.Answer.FinishReason;
import dev.candor.engine.generation.GeneratedToken.Alternative;
import dev.candor.engine.models.KeyValueCache;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import dev.candor.engine.models.Trace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One conversation with a model: the tokens so far and what the model remembers of them. Not safe
 * for use by many threads; several sessions of one model may run on several threads. Closing it
 * frees its memory.
 *
 * <p>What it generates depends on the tokens it holds and on the request alone, to the bit: not on
 * how the tokens were divided into calls, nor on whether it was saved, restored or forked on the
 * way. The same holds for draws: one request for 100 tokens gives the same as two for 50, save that
 * presence and frequency penalties count within a request.
 */
public final class Session implements AutoCloseable {

  private final LanguageModel language;
  private final SessionOptions options;
  private final SequenceState state;

  /**
   * What the session holds. The model has seen the first {@code state.position()} of them: all, and
   * then the logits are known, or all but the last; or, while it generates, drafts behind them.
   */
  private final int[] tokens;

  private int count;

  /** Of the token behind the last, if the model has seen all; [vocabulary]. */
  private final float[] logits;

  private final Prediction prediction;
  private boolean closed;

  /** An empty session; see {@link LanguageModel#newSession}. */
  Session(LanguageModel language, SessionOptions options) {
    this.language = language;
    this.options = options;
    state =
        language
            .model()
            .newState(options.contextTokens(), options.cacheFormat(), options.adapter());
    tokens = new int[options.contextTokens()];
    logits = new float[language.model().vocabularySize()];
    prediction = new Prediction(language.model(), state, tokens, logits);
  }

  /** What it may hold. */
  public SessionOptions options() {
    return options;
  }

  /** How many tokens it holds. */
  public int size() {
    return count;
  }

  /** The tokens it holds: prompts and answers, a copy. */
  public int[] tokens() {
    return Arrays.copyOf(tokens, count);
  }

  /**
   * How many of the given tokens the session begins with: if that is {@link #size()}, the rest of
   * them can be appended to go on with it.
   */
  public int commonPrefix(int[] prompt) {
    int mismatch = Arrays.mismatch(tokens, 0, count, prompt, 0, prompt.length);
    return mismatch < 0 ? count : mismatch;
  }

  /** Reads tokens; see {@link #append(int[], PrefillListener)}. */
  public void append(int[] prompt) {
    append(prompt, PrefillListener.NONE);
  }

  /**
   * Reads tokens after those that are there.
   *
   * @param prompt ids of the vocabulary; may be empty
   * @return how many were read: all, unless the listener stopped it
   * @throws GenerationException {@code generation.token-unknown} or {@code
   *     generation.context-exceeded}; the session is then unchanged
   */
  public int append(int[] prompt, PrefillListener listener) {
    requireOpen();
    int vocabulary = language.model().vocabularySize();
    for (int i = 0; i < prompt.length; i++) {
      if (prompt[i] < 0 || prompt[i] >= vocabulary) {
        String token = "token " + i + " of the prompt is " + prompt[i];
        throw new GenerationException(
            "token-unknown",
            token + ", allowed is 0 to " + (vocabulary - 1),
            "Use the tokenizer of this model.");
      }
    }
    if (prompt.length > tokens.length - count) {
      throw new GenerationException(
          "context-exceeded",
          "the context holds "
              + tokens.length
              + " tokens; "
              + count
              + " are there and "
              + prompt.length
              + " more were given",
          "Shorten the prompt or ask for a larger context (--context).");
    }
    int done = 0;
    while (done < prompt.length) {
      int chunk = Math.min(KeyValueCache.CHUNK, prompt.length - done);
      System.arraycopy(prompt, done, tokens, count, chunk);
      done += chunk;
      boolean isLast = done == prompt.length;
      see(count + chunk, isLast);
      if (!listener.onProgress(done, prompt.length)) {
        if (!isLast) {
          state.takeBack(state.position() - (count - 1));
        }
        break;
      }
    }
    return done;
  }

  /**
   * Makes the tokens before {@code end} the session's. Logits cannot be had later; so, if they are
   * not wanted now, the last token must be one that the model can read again when they are: a
   * draft, or not read yet.
   */
  private void see(int end, boolean withLogits) {
    int position = state.position();
    int drafts = !withLogits && state.allowsDrafts(end - position, 1) ? 1 : 0;
    int to = withLogits ? end : end - 1 + drafts;
    if (position < to) {
      LogitsRequest wanted = withLogits ? LogitsRequest.LAST : LogitsRequest.NONE;
      TokenSpan span = new TokenSpan(state, tokens, position, to, wanted, drafts);
      language.model().forward(List.of(span), logits, Trace.NONE);
    }
    count = end;
  }

  /**
   * Generates an answer to what the session holds, and holds its tokens afterwards.
   *
   * @throws GenerationException {@code generation.context-empty} if it holds nothing, {@code
   *     generation.logits} if the model gives no usable logits
   */
  public Answer generate(GenerationRequest request, GenerationListener listener) {
    requireOpen();
    requireNotEmpty();
    int promptTokens = count;
    int stepsBefore = prediction.steps();
    Guide guide = guide(request);
    Sampler sampler = new Sampler(request.sampling(), logits.length);
    for (int i = 0; i < count; i++) {
      sampler.seePrompt(tokens[i]);
    }
    AnswerText text =
        new AnswerText(language.tokenizer().streamDecoder(true), request.stopStrings());
    StringBuilder whole = new StringBuilder();
    List<GeneratedToken> generated = new ArrayList<>();
    Optional<LogitsDigest> digest =
        request.logitsDigest() ? Optional.of(new LogitsDigest(logits.length)) : Optional.empty();
    FinishReason reason = count == tokens.length ? FinishReason.CONTEXT_FULL : null;
    try {
      while (reason == null) {
        boolean asked = !force(guide, sampler);
        if (asked) {
          ask(request, guide, sampler, generated.size());
        }
        int id = tokens[count - 1];
        if (digest.isPresent()) {
          add(digest.get(), asked, id);
        }
        boolean end = language.isEnd(id) && !request.ignoreEndOfText();
        String piece = end ? "" : text.next(id);
        reason = end ? FinishReason.END : reasonAfter(text, generated.size() + 1, request, guide);
        if (reason != null && !text.stopped()) {
          piece += text.finish();
          if (text.stopped()) {
            reason = FinishReason.STOP_STRING;
          }
        }
        whole.append(piece);
        GeneratedToken token = describe(id, piece, asked ? request.topLogprobs() : -1);
        generated.add(token);
        if (!listener.onToken(token) && reason == null) {
          reason = FinishReason.CANCELLED;
        }
      }
    } finally {
      settle();
      language.model().pauses();
    }
    int steps = prediction.steps() - stepsBefore;
    return new Answer(
        whole.toString(),
        List.copyOf(generated),
        reason,
        promptTokens,
        steps,
        digest.map(LogitsDigest::hex));
  }

  /** The logits are still those that the token was chosen from, if the model was asked. */
  private void add(LogitsDigest digest, boolean asked, int id) {
    if (asked) {
      digest.row(logits, 0);
    }
    digest.token(id);
  }

  private @Nullable Guide guide(GenerationRequest request) {
    if (request.constraint().isEmpty()) {
      return null;
    }
    int room = Math.min(request.maximumTokens(), tokens.length - count);
    return new Guide(
        language,
        request.constraint().get(),
        id -> language.isEnd(id) && !request.ignoreEndOfText(),
        room);
  }

  /** Holds the token that must come next, if there is one. */
  private boolean force(@Nullable Guide guide, Sampler sampler) {
    int id = guide == null ? Guide.NONE : guide.forced();
    if (guide == null || id == Guide.NONE) {
      return false;
    }
    hold(id, guide, sampler);
    return true;
  }

  /** Asks the model for the next token and holds it. */
  private void ask(
      GenerationRequest request, @Nullable Guide guide, Sampler sampler, int generated) {
    prediction.predict(count, request.speculation());
    int id;
    if (guide == null) {
      id = sampler.choose(logits, count);
    } else {
      int room = Math.min(request.maximumTokens() - generated, tokens.length - count);
      id = guide.choose(sampler, logits, count, room - 1);
    }
    hold(id, guide, sampler);
  }

  /** The model sees the token when the one behind it is wanted. */
  private void hold(int id, @Nullable Guide guide, Sampler sampler) {
    if (guide != null) {
      guide.accept(id);
    }
    sampler.seeGenerated(id);
    prediction.choose(count, id);
    count++;
  }

  /**
   * Ends the drafts, if there are any: the model has seen the tokens that are held, or one less.
   */
  private void settle() {
    if (!closed && state.position() >= count) {
      prediction.predict(count, Speculation.OFF);
      prediction.settle(count);
    }
  }

  private @Nullable FinishReason reasonAfter(
      AnswerText text, int generated, GenerationRequest request, @Nullable Guide guide) {
    if (text.stopped()) {
      return FinishReason.STOP_STRING;
    }
    if (guide != null && guide.mustEnd()) {
      return FinishReason.END;
    }
    if (generated == request.maximumTokens()) {
      return FinishReason.LENGTH;
    }
    return count == tokens.length ? FinishReason.CONTEXT_FULL : null;
  }

  /** The logits are still those that the token was chosen from. */
  private GeneratedToken describe(int id, String piece, int topLogprobs) {
    if (topLogprobs < 0) {
      return new GeneratedToken(id, piece, Float.NaN, List.of());
    }
    double logSumExp = LogProbabilities.logSumExp(logits, logits.length);
    List<Alternative> top = LogProbabilities.top(logits, logits.length, topLogprobs, logSumExp);
    return new GeneratedToken(id, piece, (float) (logits[id] - logSumExp), top);
  }

  /**
   * How probable each of some texts is as the whole answer, if the answer is one of them: what the
   * model draws at temperature 1 among the tokens that lead to one of them, each spelt as the
   * tokenizer spells it. The session stays as it is.
   *
   * @param choices different texts, none empty
   * @return as many probabilities; their sum is 1
   */
  public double[] probabilities(List<String> choices) {
    predict();
    return new ChoiceProbabilities(language, this::logitsBehind).of(choices, logits);
  }

  /** {@link #probabilities}, with a digest of the logits that they were computed from. */
  public ChoiceDistribution distribution(List<String> choices) {
    predict();
    LogitsDigest digest = new LogitsDigest(logits.length);
    digest.row(logits, 0);
    Function<int[], float[]> digested =
        continuation -> {
          float[] behind = logitsBehind(continuation);
          for (int id : continuation) {
            digest.token(id);
          }
          digest.row(behind, behind.length - logits.length);
          return behind;
        };
    double[] each = new ChoiceProbabilities(language, digested).of(choices, logits);
    return new ChoiceDistribution(Arrays.stream(each).boxed().toList(), digest.hex());
  }

  /** Makes the logits those behind all that the session holds. */
  private void predict() {
    requireOpen();
    requireNotEmpty();
    settle();
    prediction.predict(count, Speculation.OFF);
  }

  /**
   * Logits behind each of the first tokens of a continuation, [tokens, vocabulary]; the session
   * stays as it is.
   */
  private float[] logitsBehind(int[] continuation) {
    float[] behind = new float[continuation.length * logits.length];
    boolean fits = continuation.length <= TokenSpan.MOST_DRAFTS;
    if (fits && state.allowsDrafts(continuation.length, continuation.length)) {
      forward(state, continuation, continuation.length, behind);
      state.takeBack(continuation.length);
      return behind;
    }
    try (Session copy = fork()) {
      forward(copy.state, continuation, 0, behind);
    }
    return behind;
  }

  private void forward(SequenceState sequence, int[] ids, int drafts, float[] behind) {
    TokenSpan span = new TokenSpan(sequence, ids, 0, ids.length, LogitsRequest.ALL, drafts);
    language.model().forward(List.of(span), behind, Trace.NONE);
  }

  private void requireNotEmpty() {
    if (count == 0) {
      throw new GenerationException(
          "context-empty",
          "the session holds no token to go on from",
          "Append a prompt first, if only the token that begins a text.");
    }
  }

  /** A session that holds the same and goes its own way from here. */
  public Session fork() {
    return fork(options.contextTokens());
  }

  /**
   * The same with room for so many tokens.
   *
   * @throws GenerationException {@code generation.out-of-range} if the model was made for shorter
   *     contexts, {@code generation.context-exceeded} if this holds more
   */
  public Session fork(int contextTokens) {
    requireOpen();
    settle();
    if (contextTokens < count) {
      throw new GenerationException(
          "context-exceeded",
          "the context holds " + contextTokens + " tokens; " + count + " are there",
          "Ask for a larger context (--context).");
    }
    Session copy =
        language.newSession(
            new SessionOptions(contextTokens, options.cacheFormat(), options.adapter()));
    if (contextTokens == options.contextTokens()) {
      copy.state.become(state);
    } else {
      copy.state.restore(state);
    }
    System.arraycopy(tokens, 0, copy.tokens, 0, count);
    System.arraycopy(logits, 0, copy.logits, 0, logits.length);
    copy.count = count;
    return copy;
  }

  /**
   * Writes all of it to a file, from which {@link LanguageModel#restoreSession} makes the same
   * session again, also in another process. What had the file's name is replaced in one step. The
   * file holds the conversation: it is readable by its owner only.
   *
   * @throws GenerationException {@code generation.state-unwritable}
   */
  public void save(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      saved(arena).write(file, shape());
    }
  }

  /**
   * Writes the bytes that a file of it would have.
   *
   * @param channel gets {@link #savedBytes} of them, and is not closed
   * @throws IOException what the channel throws
   */
  public void save(WritableByteChannel channel) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      saved(arena).write(channel, shape());
    }
  }

  /** How many bytes a file of it would have. */
  public long savedBytes() {
    requireOpen();
    settle();
    return SavedState.bytes(shape(), count, state.position(), knownLogits().length);
  }

  private SavedState saved(Arena arena) {
    requireOpen();
    settle();
    return new SavedState(tokens(), state.position(), knownLogits(), state.snapshot(arena));
  }

  private float[] knownLogits() {
    return count > 0 && state.position() == count ? logits : new float[0];
  }

  private SessionShape shape() {
    return new SessionShape(language, options, state);
  }

  /** Makes this empty session what the file says. */
  void load(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      become(SavedState.read(file, shape(), arena));
    }
  }

  /** Makes this empty session what the channel says, which gives so many bytes. */
  void load(ReadableByteChannel channel, long bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      become(SavedState.read(channel, bytes, shape(), arena));
    }
  }

  private void become(SavedState saved) {
    state.restore(saved.seen(), saved.segments());
    System.arraycopy(saved.tokens(), 0, tokens, 0, saved.tokens().length);
    System.arraycopy(saved.logits(), 0, logits, 0, saved.logits().length);
    count = saved.tokens().length;
  }

  private void requireOpen() {
    if (closed) {
      throw new GenerationException(
          "session-closed", "the session is closed", "Open another session.");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      state.close();
    }
  }
}
