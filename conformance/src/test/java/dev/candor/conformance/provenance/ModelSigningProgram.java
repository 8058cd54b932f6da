package dev.candor.conformance.provenance;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The reference implementation of model signatures: the package model-signing 1.1.1 of pip. */
final class ModelSigningProgram {

  private static final String NAME = "model_signing";
  private static final int MOST_SECONDS = 120;

  private ModelSigningProgram() {}

  /** How a run ended: its status, and what it printed on either stream. */
  record Run(int status, String output) {}

  static Run run(Path folder, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(onPath().toString()));
    command.addAll(List.of(arguments));
    return run(folder, command);
  }

  /** A program that uses it as a library, in the Python that it was installed for. */
  static Run python(Path folder, String program) throws IOException, InterruptedException {
    try (Stream<String> lines = Files.lines(onPath())) {
      String interpreter = lines.findFirst().orElse("").replaceFirst("^#!", "");
      return run(folder, List.of(interpreter, "-c", program));
    }
  }

  private static Run run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(NAME, ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " took more than " + MOST_SECONDS + " s");
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
            + " is not on the PATH: install it with 'pip install model-signing==1.1.1 pyOpenSSL',"
            + " for this test lets it judge signatures of models");
  }
}
