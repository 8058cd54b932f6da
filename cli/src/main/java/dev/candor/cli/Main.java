package dev.candor.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Where the process starts. */
public final class Main {

  private Main() {}

  public static void main(String[] arguments) {
    StandardError.restore();
    System.exit(run(Streams.ofProcess(), arguments));
  }

  /**
   * Runs one command line.
   *
   * @return the exit code: 0 done, 1 failed, 2 wrong command line
   */
  public static int run(Streams streams, String... arguments) {
    try {
      return commandLine(streams).execute(arguments);
    } catch (OutOfMemoryError | StackOverflowError e) {
      // picocli hands exceptions to the handler below, errors to us.
      report(streams, ErrorReport.of(e), Arrays.asList(arguments).contains("--json"));
      return Command.FAILED;
    } finally {
      streams.out().flush();
      streams.err().flush();
    }
  }

  private static CommandLine commandLine(Streams streams) {
    CommandLine candor = new CommandLine(new CandorCommand());
    candor.addSubcommand("ask", new AskCommand(streams));
    candor.addSubcommand("chat", new ChatCommand(streams));
    candor.addSubcommand("models", ModelsCommand.withSubcommands(streams));
    candor.addSubcommand("tokenize", new TokenizeCommand(streams));
    candor.addSubcommand("check", new CheckCommand(streams));
    candor.addSubcommand("doctor", new DoctorCommand(streams));
    candor.addSubcommand("bench", new BenchCommand(streams));
    candor.addSubcommand("completion", new AutoComplete.GenerateCompletion());
    candor.setOut(new PrintWriter(streams.out(), true, StandardCharsets.UTF_8));
    candor.setErr(new PrintWriter(streams.err(), true, StandardCharsets.UTF_8));
    candor.setCaseInsensitiveEnumValuesAllowed(true);
    NumberConverters.register(candor);
    candor.setUsageHelpAutoWidth(streams.outIsTerminal());
    candor.setExecutionExceptionHandler((thrown, line, parsed) -> {
      boolean json = line.getCommand() instanceof Command command && command.json;
      boolean debug = line.getCommand() instanceof Command command && command.debug;
      report(streams, ErrorReport.of(thrown), json);
      if (debug) {
        thrown.printStackTrace(streams.err());
      }
      return Command.FAILED;
    });
    candor.setParameterExceptionHandler((wrong, arguments) -> {
      report(
          streams,
          new ErrorReport("usage", message(wrong), remedy(wrong)),
          Arrays.asList(arguments).contains("--json"));
      return Command.USAGE;
    });
    return candor;
  }

  private static void report(Streams streams, ErrorReport report, boolean json) {
    streams.out().flush();
    if (json) {
      JsonOutput.print(streams.out(), report.members());
    } else {
      streams.err().println(report);
    }
  }

  private static String message(ParameterException wrong) {
    if (wrong instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()
        && !wrong.getCommandLine().getSubcommands().isEmpty()) {
      return "there is no command '" + unmatched.getUnmatched().getFirst() + "'";
    }
    // picocli says the word twice of an option that takes a map.
    return Objects.toString(wrong.getMessage(), "").replace("option option", "option");
  }

  private static String remedy(ParameterException wrong) {
    String help =
        "Type '" + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help' for help.";
    if (wrong instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      return "Did you mean '" + unmatched.getSuggestions().getFirst() + "'? " + help;
    }
    return help;
  }
}
