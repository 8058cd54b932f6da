package dev.candor.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * How a program of somebody else ended that judges what is done here.
 *
 * @param status of its exit
 * @param output what it printed on either stream
 */
public record ProgramRun(int status, String output) {

  /**
   * Runs a program.
   *
   * @param folder in which it runs
   * @param most how long it may take
   * @param environment changes what it finds in its environment
   */
  public static ProgramRun of(
      Path folder, Duration most, List<String> command, Consumer<Map<String, String>> environment)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("program", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      environment.accept(builder.environment());
      Process process = builder.start();
      if (!process.waitFor(most.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            String.join(" ", command)
                + " took more than "
                + most.toSeconds()
                + " s:\n"
                + Files.readString(output));
      }
      return new ProgramRun(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }

  /** Where a program is that a shell would find. */
  public static Optional<Path> onPath(String name) {
    String folders = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return Stream.of(folders.split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The Python that pip has installed a program for. */
  public static String pythonOf(Path program) throws IOException {
    try (Stream<String> lines = Files.lines(program)) {
      return lines.findFirst().orElse("").replaceFirst("^#!", "");
    }
  }
}
