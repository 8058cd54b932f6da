package dev.candor.cli;

import dev.candor.engine.generation.PrefillListener;
import dev.candor.engine.generation.Session;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.governance.Governance;
import dev.candor.governance.decisions.ContextSource;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A conversation and the session that remembers it. Used by one thread, save {@link #stop}.
 *
 * <p>The template decides what the model reads. If what it makes of the longer conversation begins
 * with what the session holds, only the rest is read; else (a template may, for example, drop
 * earlier reasoning) the session starts again.
 */
final class Chat implements ContextSource, AutoCloseable {

  private final Streams streams;
  private final Governance governance;
  private final LoadedModel loaded;
  private final ChatSettings settings;
  private final SavedChats saved;
  private Optional<String> system;
  private final List<ChatMessage> messages = new ArrayList<>();
  private Session session;
  private volatile boolean answering;
  private volatile boolean stopped;

  Chat(
      Streams streams,
      Governance governance,
      LoadedModel loaded,
      ChatSettings settings,
      SavedChats saved) {
    this.streams = streams;
    this.governance = governance;
    this.loaded = loaded;
    this.settings = settings;
    this.saved = saved;
    this.system = settings.system();
    this.session = loaded.newSession(streams, settings.session(), settings.json());
  }

  /** Answers a question; the conversation is as before if that fails. */
  void ask(String question) {
    stopped = false;
    answering = true;
    messages.add(ChatMessage.of("user", question));
    boolean answered = false;
    try {
      int[] prompt = loaded.prompt(system, messages);
      requireRoom(prompt.length);
      DecisionTask task =
          new DecisionTask.Generate(
              TokenIds.of(prompt), settings.session(), settings.request(), Optional.empty());
      AnswerSummary summary;
      try (AnswerPrinter printer =
          new AnswerPrinter(streams, settings.json(), prompt.length, () -> stopped)) {
        summary =
            printer.summary(
                governance
                    .pipeline()
                    .decide(settings.decisions().request(loaded, question, task), this, printer));
      }
      answered = summary.output().tokens().size() > 0;
      if (answered) {
        messages.add(ChatMessage.of("assistant", summary.output().text()));
      }
      report(summary);
    } finally {
      answering = false;
      if (!answered) {
        messages.removeLast();
      }
    }
  }

  @Override
  public Optional<Session> read(int[] tokens, PrefillListener listener) {
    if (session.commonPrefix(tokens) < session.size() || session.size() == tokens.length) {
      restart();
    }
    int[] unread = Arrays.copyOfRange(tokens, session.size(), tokens.length);
    return session.append(unread, listener) == unread.length
        ? Optional.of(session)
        : Optional.empty();
  }

  /** It remembers what was said. */
  @Override
  public void done(Session read) {}

  private void report(AnswerSummary summary) {
    if (settings.json()) {
      Map<String, Object> members = summary.members();
      members.put("model", loaded.name());
      JsonOutput.printLine(streams.out(), members);
    } else {
      streams.summary().println(summary);
      streams.summary().flush();
    }
    if (summary.output().outcome().equals("context-full") && !settings.json()) {
      streams.err().println(full(session.size()).getMessage());
      streams.err().println(full(session.size()).remedy());
    }
  }

  /** Room for the question and at least one token of an answer. */
  private void requireRoom(int promptTokens) {
    if (promptTokens >= settings.session().contextTokens()) {
      throw full(promptTokens);
    }
  }

  private CommandException full(int tokens) {
    return new CommandException(
        "chat.context-full",
        "the context is full: the conversation has "
            + tokens
            + " tokens, the context holds "
            + settings.session().contextTokens(),
        settings.decisions().subject == null
            ? "Type /clear to begin again, or /save it and come back with a larger --context."
            : "Type /clear to begin again, or come back with a larger --context.");
  }

  /**
   * Ends the answer that is being given.
   *
   * @return whether there was one
   */
  boolean stop() {
    stopped = true;
    return answering;
  }

  /** Forgets what was said, and keeps what the model is told first. */
  void clear() {
    messages.clear();
    restart();
  }

  /** Forgets what was said, and tells the model something else first; empty for nothing. */
  void system(String text) {
    system = text.isEmpty() ? Optional.empty() : Optional.of(text);
    clear();
  }

  /**
   * Keeps the conversation and what the model remembers of it.
   *
   * @throws CommandException {@code chat.subject} if it is about a data subject
   */
  void save(String name) {
    if (settings.decisions().subject != null) {
      throw new CommandException(
          "chat.subject",
          "a chat about a data subject is not kept: it would lie in CANDOR_HOME in clear, where"
              + " erasure does not reach",
          "What was asked and answered is on record, encrypted: candor audit show --payloads.");
    }
    saved.save(name, system, messages, session);
    streams.err().println("Kept as " + name + "; 'candor chat --load " + name + "' goes on.");
  }

  /** Goes on with a kept conversation. */
  void load(String name) {
    SavedChats.Kept kept = saved.load(name, loaded.language(), settings.session());
    session.close();
    session = kept.session();
    system = kept.system();
    messages.clear();
    messages.addAll(kept.messages());
    streams.err().println(name + " is back: " + messages.size() + " messages.");
  }

  private void restart() {
    session.close();
    session = loaded.language().newSession(settings.session());
  }

  @Override
  public void close() {
    session.close();
  }
}
