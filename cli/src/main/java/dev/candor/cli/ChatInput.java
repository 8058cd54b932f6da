package dev.candor.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jline.utils.Signals;

/** Where the lines of a chat come from. */
interface ChatInput extends AutoCloseable {

  /** The user pressed Ctrl-C while typing a line. */
  final class Interrupted extends Exception {
    private static final long serialVersionUID = 1;
  }

  /**
   * The next line, without its end; empty if there are no more.
   *
   * @throws Interrupted if the user gave the line up
   */
  Optional<String> line() throws Interrupted;

  /** Calls the action at Ctrl-C, while no line is being typed. */
  void onInterrupt(Runnable action);

  @Override
  void close();

  /** Lines that are piped in. */
  static ChatInput piped(Streams streams) {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(streams.in(), StandardCharsets.UTF_8));
    return new ChatInput() {
      @Override
      public Optional<String> line() {
        try {
          return Optional.ofNullable(reader.readLine());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public void onInterrupt(Runnable action) {
        Signals.register("INT", action);
      }

      @Override
      public void close() {
        // Standard input is the process's.
      }
    };
  }
}
