package dev.candor.conformance;

import dev.candor.cli.Main;
import dev.candor.cli.Streams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * One command line, run in this process, with what it printed.
 *
 * @param exitCode 0 done, 1 failed, 2 wrong command line
 */
public record CommandRun(int exitCode, String out, String err) {

  static {
    // A command that answers writes records, and they are not the user's.
    if (System.getenv("CANDOR_HOME") == null || System.getenv("XDG_CONFIG_HOME") == null) {
      throw new IllegalStateException(
          "set CANDOR_HOME and XDG_CONFIG_HOME to folders for tests, as the build does");
    }
  }

  public static CommandRun of(String... arguments) {
    return withInput("", arguments);
  }

  static CommandRun withInput(String input, String... arguments) {
    return run(input, false, arguments);
  }

  /** With standard error as a terminal, where progress is drawn. */
  static CommandRun watched(String... arguments) {
    return run("", true, arguments);
  }

  private static CommandRun run(String input, boolean errIsTerminal, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Streams streams =
        new Streams(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            false,
            false,
            errIsTerminal);
    int exitCode = Main.run(streams, arguments);
    return new CommandRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
