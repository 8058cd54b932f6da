package dev.candor.cli;

import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.PrefillListener;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.governance.decisions.ContextSource;
import dev.candor.governance.decisions.Thinking;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The same question about one text after another. What all prompts begin with is read once: each
 * text goes on from a copy of that session.
 */
final class TextTask implements ContextSource, AutoCloseable {

  /** What a model that thinks aloud is given instead of its own thoughts. */
  private static final String EMPTY_THOUGHT = "<think>\n\n</think>\n\n";

  private final LoadedModel loaded;
  private final SessionOptions options;
  private final boolean thinks;
  private final int thinkingTokens;
  private int[] previous = {};
  private @Nullable Session shared;

  /**
   * @param thinks whether a model that can think does so before it answers
   * @param thinkingTokens most tokens of its thoughts
   */
  TextTask(LoadedModel loaded, SessionOptions options, boolean thinks, int thinkingTokens) {
    this.loaded = loaded;
    this.options = options;
    this.thinks = thinks;
    this.thinkingTokens = thinkingTokens;
  }

  /** A session that waits for the answer to the question; the caller closes it. */
  Session ask(String question) {
    Session session = begin(tokens(question), PrefillListener.NONE).orElseThrow();
    try {
      thinking()
          .ifPresent(thinking -> {
            GenerationRequest thoughts =
                new GenerationRequest(
                    SamplingOptions.GREEDY,
                    thinking.maximumTokens(),
                    List.of(thinking.end()),
                    false,
                    -1);
            session.generate(thoughts, GenerationListener.NONE);
          });
      return session;
    } catch (RuntimeException | Error e) {
      session.close();
      throw e;
    }
  }

  /** All that a model reads before it answers the question, or thinks about it. */
  int[] tokens(String question) {
    int[] prompt = prompt(question);
    if (thinks || language().thinkingEnd().isEmpty()) {
      return prompt;
    }
    int[] thought = language().tokenizer().encode(EMPTY_THOUGHT, false, true);
    int[] tokens = Arrays.copyOf(prompt, prompt.length + thought.length);
    System.arraycopy(thought, 0, tokens, prompt.length, thought.length);
    return tokens;
  }

  /** What the model says to itself behind the question, if it is to. */
  Optional<Thinking> thinking() {
    return thinks
        ? language().thinkingEnd().map(mark -> new Thinking(thinkingTokens, mark))
        : Optional.empty();
  }

  @Override
  public Optional<Session> read(int[] tokens, PrefillListener listener) {
    return begin(tokens, listener);
  }

  @Override
  public void done(Session session) {
    session.close();
  }

  /** What sessions may hold. */
  SessionOptions options() {
    return options;
  }

  LanguageModel language() {
    return loaded.language();
  }

  private int[] prompt(String question) {
    if (language().chatFormat().isEmpty()) {
      return language().tokenizer().encode(question + "\n\nAnswer: ", true, false);
    }
    return loaded.prompt(Optional.empty(), List.of(ChatMessage.of("user", question)));
  }

  private Optional<Session> begin(int[] prompt, PrefillListener listener) {
    Session session = shared;
    if (session == null || session.commonPrefix(prompt) < session.size()) {
      int same = Math.max(0, Arrays.mismatch(previous, prompt));
      session = restart();
      int[] beginning = Arrays.copyOf(prompt, Math.min(same, prompt.length - 1));
      if (session.append(beginning, listener) < beginning.length) {
        return Optional.empty();
      }
    }
    previous = prompt;
    int[] rest = Arrays.copyOfRange(prompt, session.size(), prompt.length);
    Session copy = session.fork();
    try {
      if (copy.append(rest, listener) == rest.length) {
        return Optional.of(copy);
      }
      copy.close();
      return Optional.empty();
    } catch (RuntimeException | Error e) {
      copy.close();
      throw e;
    }
  }

  private Session restart() {
    if (shared != null) {
      shared.close();
    }
    Session session = language().newSession(options);
    shared = session;
    return session;
  }

  @Override
  public void close() {
    if (shared != null) {
      shared.close();
    }
  }
}
