package dev.candor.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Candor in a process and a home of its own, for what cannot be seen in that of the tests. */
public final class CandorProcess {

  private CandorProcess() {}

  /**
   * Starts a command.
   *
   * @param home where it keeps models, records and keys; the passphrase of the keys is in the
   *     folder of the same name with {@code -configuration} behind it
   */
  public static Process start(Path home, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                // A shell's background job ignores SIGINT, and what it starts inherits that.
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx512m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.candor.cli.Main"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CANDOR_HOME", home.toString());
    builder.environment().put("XDG_CONFIG_HOME", home + "-configuration");
    return builder.start();
  }

  /** Sends what Ctrl-C sends. */
  public static void interrupt(Process process) throws Exception {
    signal(process, "INT");
  }

  /** Sends a signal, such as {@code TERM}. */
  static void signal(Process process, String name) throws Exception {
    int exitCode =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    assertThat(exitCode).isZero();
  }

  /** Runs a command to its end; its notices must fit a pipe. */
  public static CommandRun run(Path home, String... arguments) throws Exception {
    Process process = start(home, List.of(arguments));
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new CommandRun(process.waitFor(), out, err);
  }
}
