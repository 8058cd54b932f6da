package dev.candor.conformance.provenance;

import dev.candor.server.ProgramRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The reference implementation of model signatures: the package model-signing 1.1.1 of pip. */
final class ModelSigningProgram {

  private static final String NAME = "model_signing";
  private static final Duration MOST = Duration.ofMinutes(2);

  private ModelSigningProgram() {}

  static ProgramRun run(Path folder, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(onPath().toString()));
    command.addAll(List.of(arguments));
    return ProgramRun.of(folder, MOST, command, _ -> {});
  }

  /** A program that uses it as a library, in the Python that it was installed for. */
  static ProgramRun python(Path folder, String program) throws IOException, InterruptedException {
    List<String> command = List.of(ProgramRun.pythonOf(onPath()), "-c", program);
    return ProgramRun.of(folder, MOST, command, _ -> {});
  }

  private static Path onPath() {
    return ProgramRun.onPath(NAME)
        .orElseThrow(() ->
            new AssertionError(
                NAME
                    + " is not on the PATH: install it with 'pip install model-signing==1.1.1"
                    + " pyOpenSSL', for this test lets it judge signatures of models"));
  }
}
