package dev.candor.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Where the process starts. */
public final class Main {

  /** Writes down the options of all other commands. */
  private static final String COMPLETION = "completion";

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
      return commandLine(streams, arguments).execute(arguments);
    } catch (OutOfMemoryError | StackOverflowError e) {
      // picocli hands exceptions to the handler below, errors to us.
      report(streams, ErrorReport.of(e), Arrays.asList(arguments).contains("--json"));
      return Command.FAILED;
    } finally {
      streams.out().flush();
      streams.err().flush();
    }
  }

  private static CommandLine commandLine(Streams streams, String... arguments) {
    CommandLine candor = new CommandLine(new CandorCommand());
    Map<String, Supplier<?>> commands = commands(streams);
    String first = arguments.length == 0 ? "" : arguments[0];
    // Reading the annotations of every command takes longer than the JVM takes to start: a command
    // that is named comes alone. Without a name all are there, for help and for what was meant.
    if (commands.containsKey(first) && !first.equals(COMPLETION)) {
      commands.keySet().retainAll(Set.of(first));
    }
    commands.forEach((name, command) -> candor.addSubcommand(name, command.get()));
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
    candor.setParameterExceptionHandler((wrong, given) -> {
      report(
          streams,
          new ErrorReport("usage", message(wrong), remedy(wrong)),
          Arrays.asList(given).contains("--json"));
      return Command.USAGE;
    });
    return candor;
  }

  /** All commands by their names, in the order of the help. */
  private static Map<String, Supplier<?>> commands(Streams streams) {
    Map<String, Supplier<?>> commands = new LinkedHashMap<>();
    commands.put("ask", () -> new AskCommand(streams));
    commands.put("chat", () -> new ChatCommand(streams));
    commands.put("classify", () -> new ClassifyCommand(streams));
    commands.put("extract", () -> new ExtractCommand(streams));
    commands.put("serve", () -> new ServeCommand(streams));
    commands.put("receipt", () -> new ReceiptCommand(streams));
    commands.put("explain", () -> new ExplainCommand(streams));
    commands.put("calibrate", () -> new CalibrateCommand(streams));
    commands.put("replay", () -> new ReplayCommand(streams));
    commands.put("stop", () -> new StopCommand(streams));
    commands.put("override", () -> new OverrideCommand(streams));
    commands.put("consent", () -> ConsentCommand.withSubcommands(streams));
    commands.put("policy", () -> PolicyCommand.withSubcommands(streams));
    commands.put("inventory", () -> InventoryCommand.withSubcommands(streams));
    commands.put("approve", () -> new ApproveCommand(streams));
    commands.put("evidence", () -> EvidenceCommand.withSubcommands(streams));
    commands.put("bias", () -> BiasCommand.withSubcommands(streams));
    commands.put("audit", () -> AuditCommand.withSubcommands(streams));
    commands.put("keys", () -> KeysCommand.withSubcommands(streams));
    commands.put("controls", () -> ControlsCommand.withSubcommands(streams));
    commands.put("report", () -> ReportCommand.withSubcommands(streams));
    commands.put("stats", () -> StatsCommand.withSubcommands(streams));
    commands.put("data", () -> DataCommand.withSubcommands(streams));
    commands.put("train", () -> TrainCommand.withSubcommands(streams));
    commands.put("models", () -> ModelsCommand.withSubcommands(streams));
    commands.put("sign", () -> new SignCommand(streams));
    commands.put("verify-signature", () -> new VerifySignatureCommand(streams));
    commands.put("bom", () -> new BomCommand(streams));
    commands.put("card", () -> CardCommand.withSubcommands(streams));
    commands.put("datasheet", () -> new DatasheetCommand(streams));
    commands.put("tokenize", () -> new TokenizeCommand(streams));
    commands.put("check", () -> new CheckCommand(streams));
    commands.put("doctor", () -> new DoctorCommand(streams));
    commands.put("bench", () -> BenchCommand.withSubcommands(streams));
    commands.put(COMPLETION, () -> new AutoComplete.GenerateCompletion());
    return commands;
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
