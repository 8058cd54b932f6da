package dev.candor.cli;

import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.PrefillListener;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.templates.ChatMessage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The same question about one text after another. What all prompts begin with is read once: each
 * text goes on from a copy of that session.
 */
final class TextTask implements AutoCloseable {

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
    int[] prompt = prompt(question);
    Session session = begin(prompt);
    try {
      Optional<String> mark = language().thinkingEnd();
      if (mark.isPresent()) {
        think(session, mark.get());
      }
      return session;
    } catch (RuntimeException | Error e) {
      session.close();
      throw e;
    }
  }

  /** All that a model reads before it answers the question, if it is not to think. */
  int[] tokens(String question) {
    int[] prompt = prompt(question);
    if (language().thinkingEnd().isEmpty()) {
      return prompt;
    }
    int[] thought = language().tokenizer().encode(EMPTY_THOUGHT, false, true);
    int[] tokens = Arrays.copyOf(prompt, prompt.length + thought.length);
    System.arraycopy(thought, 0, tokens, prompt.length, thought.length);
    return tokens;
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

  private Session begin(int[] prompt) {
    Session session = shared;
    if (session == null || session.commonPrefix(prompt) < session.size()) {
      int same = Math.max(0, Arrays.mismatch(previous, prompt));
      session = restart(Arrays.copyOf(prompt, Math.min(same, prompt.length - 1)));
    }
    previous = prompt;
    Session copy = session.fork();
    copy.append(Arrays.copyOfRange(prompt, session.size(), prompt.length), PrefillListener.NONE);
    return copy;
  }

  private Session restart(int[] beginning) {
    if (shared != null) {
      shared.close();
    }
    Session session = language().newSession(options);
    session.append(beginning);
    shared = session;
    return session;
  }

  private void think(Session session, String mark) {
    if (!thinks) {
      session.append(language().tokenizer().encode(EMPTY_THOUGHT, false, true));
      return;
    }
    GenerationRequest thoughts =
        new GenerationRequest(SamplingOptions.GREEDY, thinkingTokens, List.of(mark), false, -1);
    session.generate(thoughts, GenerationListener.NONE);
  }

  @Override
  public void close() {
    if (shared != null) {
      shared.close();
    }
  }
}
