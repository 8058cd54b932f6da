package dev.candor.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** One run of a command line in this process, with what it printed. */
record CommandRun(int exitCode, String out, String err) {

  static {
    // A command that answers writes records, and they are not the user's.
    if (System.getenv("CANDOR_HOME") == null || System.getenv("XDG_CONFIG_HOME") == null) {
      throw new IllegalStateException(
          "set CANDOR_HOME and XDG_CONFIG_HOME to folders for tests, as the build does");
    }
  }

  static CommandRun of(String... arguments) {
    return withInput("", arguments);
  }

  static CommandRun withInput(String input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Streams streams =
        Streams.of(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out, err);
    int exitCode = Main.run(streams, arguments);
    return new CommandRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
