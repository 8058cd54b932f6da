package dev.candor.conformance.python;

import dev.candor.server.ProgramRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Programs in the Python that the clients are installed for: {@code src/test/python}. */
final class PythonProgram {

  /** What is installed beside each other; the first is the program that is looked for. */
  private static final String PACKAGES = "schemathesis==4.32.5 openai==3.57.0 ollama==0.6.3";

  private static final String NAME = "schemathesis";
  private static final Duration MOST = Duration.ofMinutes(10);

  private PythonProgram() {}

  /**
   * Runs the tests of a file.
   *
   * @param environment what they have to know
   */
  static ProgramRun tests(Path folder, String file, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path program = Path.of("src/test/python", file).toAbsolutePath();
    return run(
        folder, List.of(ProgramRun.pythonOf(onPath()), program.toString(), "-v"), environment);
  }

  /** Runs schemathesis. */
  static ProgramRun schemathesis(Path folder, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(onPath().toString()));
    command.addAll(List.of(arguments));
    Path hooks = Path.of("src/test/python/schemathesis_hooks.py").toAbsolutePath();
    return run(folder, command, Map.of("SCHEMATHESIS_HOOKS", hooks.toString()));
  }

  private static ProgramRun run(Path folder, List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    return ProgramRun.of(
        folder,
        MOST,
        command,
        its -> {
          its.putAll(environment);
          its.put("PYTHONDONTWRITEBYTECODE", "1");
          // What stands in for the services themselves elsewhere must not lead the clients away.
          its.keySet().removeIf(it -> it.startsWith("OPENAI_") || it.startsWith("OLLAMA_"));
        });
  }

  private static Path onPath() {
    return ProgramRun.onPath(NAME)
        .orElseThrow(() ->
            new AssertionError(
                NAME
                    + " is not on the PATH: install it and the clients with 'pip install "
                    + PACKAGES
                    + "', for this test lets them ask the server"));
  }
}
