package dev.candor.conformance.python;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs in the Python that the clients are installed for: {@code src/test/python}. */
final class PythonProgram {

  /** What is installed beside each other; the first is the program that is looked for. */
  private static final String PACKAGES = "schemathesis==4.32.5 openai==3.57.0 ollama==0.6.3";

  private static final String NAME = "schemathesis";
  private static final int MOST_SECONDS = 600;

  private PythonProgram() {}

  /** How a run ended: its status, and what it printed on either stream. */
  record Run(int status, String output) {}

  /**
   * Runs the tests of a file.
   *
   * @param environment what they have to know
   */
  static Run tests(Path folder, String file, Map<String, String> environment)
      throws IOException, InterruptedException {
    String interpreter;
    try (Stream<String> lines = Files.lines(onPath())) {
      interpreter = lines.findFirst().orElse("").replaceFirst("^#!", "");
    }
    Path program = Path.of("src/test/python", file).toAbsolutePath();
    return run(folder, List.of(interpreter, program.toString(), "-v"), environment);
  }

  /** Runs schemathesis. */
  static Run schemathesis(Path folder, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(onPath().toString()));
    command.addAll(List.of(arguments));
    Path hooks = Path.of("src/test/python/schemathesis_hooks.py").toAbsolutePath();
    return run(folder, command, Map.of("SCHEMATHESIS_HOOKS", hooks.toString()));
  }

  private static Run run(Path folder, List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(NAME, ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
      // What stands in for the services themselves elsewhere must not lead the clients away.
      builder
          .environment()
          .keySet()
          .removeIf(it -> it.startsWith("OPENAI_") || it.startsWith("OLLAMA_"));
      Process process = builder.start();
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            command + " took more than " + MOST_SECONDS + " s:\n" + Files.readString(output));
      }
      return new Run(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }

  private static Path onPath() {
    for (String folder :
        Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1)) {
      Path program = Path.of(folder, NAME);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    throw new AssertionError(
        NAME
            + " is not on the PATH: install it and the clients with 'pip install "
            + PACKAGES
            + "', for this test lets them ask the server");
  }
}
