package dev.candor.conformance;

import dev.candor.cli.Main;
import dev.candor.cli.Streams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * One command line, run in this process, with what it printed.
 *
 * @param exitCode 0 done, 1 failed, 2 wrong command line
 */
record CommandRun(int exitCode, String out, String err) {

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
