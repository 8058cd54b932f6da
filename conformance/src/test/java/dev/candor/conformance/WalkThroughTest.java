package dev.candor.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/govern/walk-through.md does what it says, command by command, from an empty store. */
@EnabledOnOs(OS.LINUX)
@Timeout(900)
class WalkThroughTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path GOVERN = ROOT.resolve("docs/govern");
  private static final String COMMAND = "    candor ";

  private @TempDir Path folder;

  @Test
  void eachCommandOfThePageEndsAsItSays() throws Exception {
    Path work = copy(GOVERN.resolve("walk-through"), folder.resolve("work"));
    writeLauncher();
    List<String> commands =
        Files.readAllLines(GOVERN.resolve("walk-through.md")).stream()
            .filter(line -> line.startsWith(COMMAND))
            .map(String::strip)
            .toList();
    assertThat(commands).hasSizeGreaterThan(25);
    for (String command : commands) {
      boolean fails = command.endsWith("# refused") || command.endsWith("# fails");
      CommandRun run = run(work, command);
      assertThat(run.exitCode())
          .as(command + "\n" + run.out() + run.err())
          .isEqualTo(fails ? 1 : 0);
      if (command.endsWith("# refused")) {
        assertThat(run.err().lines()).as(command).anyMatch(line -> line.startsWith("candor: "));
      }
    }
    assertThat(Files.readAllLines(work.resolve("sorted.csv"))).hasSize(51);
    assertFiftyTwoDecisionsAreReported(work);
    assertOneAlteredFigureIsFound(work);
  }

  /** What {@code models/evidence} has made is of the model that is there: else run it again. */
  @Test
  void theEmbeddedModelHasItsEvidenceWithIt() throws Exception {
    Path evidence = ROOT.resolve("models/candor-mini/evidence");
    Path work = Files.createDirectories(folder.resolve("work"));
    writeLauncher();
    CommandRun signed =
        run(
            work,
            "candor verify-signature candor-mini --signature %s/candor-mini.sig --key %s/release.pem.pub"
                .formatted(evidence, evidence));
    assertThat(signed.exitCode()).as(signed.out() + signed.err()).isZero();
    CommandRun added = run(work, "candor inventory add candor-mini --json");
    assertThat(added.exitCode()).as(added.out() + added.err()).isZero();
    JsonNode items =
        JsonMapper.shared()
            .readTree(run(work, "candor evidence candor-mini --json").out())
            .path("evidence");
    List<String> states = new ArrayList<>();
    items.forEach(
        item -> states.add(item.path("kind").asString() + " " + item.path("state").asString()));
    assertThat(states)
        .contains(
            "signature alive", "card alive", "datasheet alive", "bom alive", "calibration alive")
        .contains("bias insufficient-data");
  }

  private void assertFiftyTwoDecisionsAreReported(Path work) throws Exception {
    CommandRun shown = run(work, "candor audit show --last 1000 --json");
    JsonNode entries = JsonMapper.shared().readTree(shown.out()).path("entries");
    List<String> kinds = new ArrayList<>();
    entries.forEach(entry -> kinds.add(entry.path("kind").asString()));
    assertThat(kinds.stream().filter("decision-finished"::equals)).hasSize(52);
    assertThat(kinds).contains("waiver-granted", "explanation-issued", "report-issued");
  }

  private void assertOneAlteredFigureIsFound(Path work) throws Exception {
    Path report = work.resolve("board/report.json");
    String text = Files.readString(report);
    int digit = text.lastIndexOf("52");
    assertThat(digit).isPositive();
    Files.writeString(report, text.substring(0, digit) + "53" + text.substring(digit + 2));
    CommandRun run = run(work, "candor report verify board --ledger ledger-copy");
    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(1);
  }

  /** {@code candor} as the page's reader has it, but for the build. */
  private void writeLauncher() throws IOException {
    Path launcher = Files.createDirectories(folder.resolve("bin")).resolve("candor");
    String script =
        """
        #!/bin/sh
        exec '%s' --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Xmx1g \
          -Dcandor.embedded='%s' -cp '%s' dev.candor.cli.Main "$@"
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                ROOT.resolve("models/candor-mini/candor-mini.gguf"),
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")));
    Files.writeString(launcher, script);
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
  }

  private CommandRun run(Path work, String command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", command).directory(work.toFile());
    builder.environment().put("CANDOR_HOME", folder.resolve("home").toString());
    builder.environment().put("XDG_CONFIG_HOME", folder.resolve("configuration").toString());
    builder
        .environment()
        .merge("PATH", folder.resolve("bin").toString(), (old, bin) -> bin + ":" + old);
    Path errors = folder.resolve("errors");
    Process process = builder.redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new CommandRun(process.waitFor(), out, Files.readString(errors));
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
      }
    }
    return to;
  }
}
