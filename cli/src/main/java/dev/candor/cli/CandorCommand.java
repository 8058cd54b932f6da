package dev.candor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The word before all commands. */
@CommandLine.Command(
    name = "candor",
    description = "Small reasoning models, answered on this machine.",
    versionProvider = CandorCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor ask \"What is 17 + 25 * 2?\"",
      "  candor chat --model smollm2-135m-instruct",
      "  candor classify --labels complaint,question,praise \"Where is my parcel?\"",
      "  candor models add model.gguf",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong command line, 130 stopped by Ctrl-C."
    })
final class CandorCommand implements Runnable {

  @Spec CommandSpec spec;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  boolean version;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  boolean help;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before run()
  CandorCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which command");
  }

  /** The version that the build wrote down. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"candor " + number(), "Java " + Runtime.version()};
    }

    static String number() {
      Properties properties = new Properties();
      try (InputStream in = CandorCommand.class.getResourceAsStream("version.properties")) {
        if (in != null) {
          properties.load(in);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return properties.getProperty("version", "unknown");
    }
  }
}
