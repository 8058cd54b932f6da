package dev.candor.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands share. The result of a call is the exit code. */
abstract class Command implements Callable<Integer> {

  /** It did what was asked. */
  static final int OK = 0;

  /** It could not, or a check does not hold. */
  static final int FAILED = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** There is an answer, and a person is to look at the case. */
  static final int REFERRED = 3;

  final Streams streams;

  @Spec CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  boolean json;

  @Option(names = "--debug", description = "Print the stack trace of an error.")
  boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  boolean help;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before call()
  Command(Streams streams) {
    this.streams = streams;
  }

  /** Prints a report as JSON. */
  final void printJson(Map<String, ?> object) {
    JsonOutput.print(streams.out(), object);
  }

  /** What to throw when options contradict each other. */
  final ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
