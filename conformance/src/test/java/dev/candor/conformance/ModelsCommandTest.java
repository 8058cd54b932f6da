package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code candor models} from an empty store to an empty store. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ModelsCommandTest {

  @TempDir Path folder;

  @Test
  void aModelComesIsUsedAndGoes() throws Exception {
    CommandRun added = candor("models", "add", TestData.fixture("sambay-tiny").toString());
    assertThat(added.exitCode()).as(added.err()).isZero();
    assertThat(added.err()).contains("checking the weights (1.68 MiB)");
    assertThat(added.out()).contains("Try: candor ask --model sambay-tiny");
    assertThat(candor("models", "list").out()).startsWith("sambay-tiny ");
    CommandRun answer = candor("ask", "--max-tokens", "3", "Hello");
    assertThat(answer.exitCode()).as("the only model is the default one").isZero();
    assertThat(candor("models", "remove", "sambay-tiny").out()).contains("sambay-tiny is removed.");
    assertThat(candor("models", "list", "--json").out()).contains("\"models\" : [ ]");
  }

  @Test
  void aFolderHasTheSameDigestInTheStoreAndWhereItCameFrom() throws Exception {
    String path = TestData.fixture("sambay-tiny").toString();
    assertThat(candor("models", "add", path).exitCode()).isZero();
    String digest = digest("sambay-tiny");
    assertThat(digest).hasSize(64).isEqualTo(digest(path));
    assertThat(candor("models", "show", "sambay-tiny").out()).contains(digest);
    Path stored = folder.resolve("home/models/sambay-tiny");
    assertThat(digest(stored.toString())).as("with the store's own file in it").isEqualTo(digest);
  }

  private String digest(String model) throws Exception {
    String out = candor("ask", "--model", model, "--max-tokens", "1", "--json", "Hello").out();
    return Json.parseObject(
            new ByteArrayInputStream(out.getBytes(StandardCharsets.UTF_8)),
            Json.Limits.CONFIG,
            "answer")
        .string("modelDigest");
  }

  @Test
  void anEncoderIsNotSaidToAnswer() throws Exception {
    CommandRun added = candor("models", "add", TestData.fixture("mobilebert-tiny").toString());
    assertThat(added.exitCode()).as(added.err()).isZero();
    assertThat(added.out()).contains("It is an encoder").doesNotContain("candor ask");
  }

  @Test
  void whatIsRefusedIsTwoLinesAndNotInTheList() throws Exception {
    Path file = Files.write(folder.resolve("short.gguf"), new byte[] {'G', 'G', 'U', 'F', 3});
    CommandRun refused = candor("models", "add", file.toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err().lines().filter(line -> !line.contains("WARNING")).toList())
        .hasSize(3)
        .first()
        .isEqualTo("short.gguf (5 B)");
    assertThat(candor("models", "list").err())
        .contains("There is no model but the embedded candor-mini.");
  }

  @Test
  void anInterruptLeavesNothingInTheStore() throws Exception {
    Path file = folder.resolve("long.gguf");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(4L << 30); // Takes longer to copy than the interrupt to come.
    }
    Path home = folder.resolve("home");
    Process add = CandorProcess.start(home, List.of("models", "add", file.toString()));
    try {
      add.getOutputStream().close();
      while (entries(home.resolve("models")).isEmpty()) {
        assertThat(add.isAlive()).isTrue();
        Thread.sleep(5);
      }
      CandorProcess.interrupt(add);
      String err = new String(add.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(add.waitFor()).as(err).isEqualTo(130);
      assertThat(err.lines().filter(line -> !line.contains("WARNING")))
          .allMatch(line -> line.equals("long.gguf (4.00 GiB)"));
    } finally {
      add.destroyForcibly();
    }
    assertThat(entries(home.resolve("models"))).isEmpty();
  }

  private static List<Path> entries(Path models) throws IOException {
    if (!Files.exists(models)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(models)) {
      return entries.toList();
    }
  }

  private CommandRun candor(String... arguments) throws Exception {
    return CandorProcess.run(folder.resolve("home"), arguments);
  }
}
