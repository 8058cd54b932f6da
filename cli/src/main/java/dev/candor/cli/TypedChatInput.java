package dev.candor.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Lines that somebody types: edited in place, and remembered in a history file if there is one. */
final class TypedChatInput implements ChatInput {

  private static final String PROMPT = "> ";

  private final Terminal terminal;
  private final LineReader reader;

  /**
   * @param history where lines are remembered, in clear; its folder is made if missing. Without one
   *     none is read, and what is typed is remembered until the chat ends.
   * @param commands what the tabulator completes
   */
  TypedChatInput(Optional<Path> history, Collection<String> commands) {
    try {
      if (history.isPresent()) {
        Files.createDirectories(history.get().toAbsolutePath().normalize().getParent());
      }
      terminal = TerminalBuilder.builder().system(true).nativeSignals(true).build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // A question is text: no quotes to close, no backslash to escape, no "!" to expand.
    DefaultParser parser = new DefaultParser();
    parser.setEscapeChars(new char[0]);
    parser.setQuoteChars(new char[0]);
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(parser)
            .completer(new StringsCompleter(commands))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .variable(LineReader.HISTORY_SIZE, 1000);
    history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
    reader = builder.build();
  }

  @Override
  public Optional<String> line() throws Interrupted {
    try {
      return Optional.of(reader.readLine(PROMPT));
    } catch (EndOfFileException e) {
      return Optional.empty();
    } catch (UserInterruptException e) {
      // The reader may leave the thread marked as interrupted; the next line would end at once.
      Thread.interrupted();
      throw new Interrupted();
    }
  }

  @Override
  public void onInterrupt(Runnable action) {
    // While a line is typed, the reader puts its own handler in the place of this one.
    terminal.handle(Terminal.Signal.INT, signal -> action.run());
  }

  @Override
  public void close() {
    try {
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
