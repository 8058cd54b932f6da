package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands print, on the committed fixtures: text for people, JSON for programs, errors. */
class CommandsTest {

  private static final String DECODER = TestData.fixture("sambay-tiny").toString();
  private static final String SUMMARY =
      "\\[\\d+ tokens?( \\([^)]*\\))?, first after \\d+\\.\\d\\d s, \\d+\\.\\d tokens/s,"
          + " model sha256:[0-9a-f]{64}]";
  private static final String RECEIPT =
      "\\[receipt [0-9a-f]{32}: entries \\d+ and \\d+ of the ledger]";

  @Test
  void askPrintsTheAnswerAloneOnStandardOutput() {
    CommandRun json = ask("--json");
    CommandRun run = ask();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().stripTrailing())
        .isEqualTo(json(json.out()).string("answer").stripTrailing());
    assertThat(run.err().lines().toList().getFirst())
        .matches("memory: .* weights \\(mapped\\), .* state for \\d+ tokens, .* working buffers");
    assertThat(run.err().lines().toList().get(1)).matches(SUMMARY);
    assertThat(run.err().lines().toList().getLast()).matches(RECEIPT);
    assertThat(run.err().lines()).hasSize(3);
  }

  @Test
  void whoWatchesSeesWhatIsGoingOn() {
    String[] ask = {"ask", "--model", DECODER, "--max-tokens", "3", "Hello"};
    String err = CommandRun.watched(ask).err();
    assertThat(err)
        .containsSubsequence(
            "\ropening sambay-tiny",
            "memory: ",
            "\rcomputing the digest of the model",
            "\rreading the prompt: ",
            " tokens");
    // Each line is removed when its work is done.
    assertThat(err.substring(err.lastIndexOf('\r'))).startsWith("\r\u001b[K[3 tokens");
    assertThat(CommandRun.of(ask).err()).doesNotContain("\r");
    assertThat(CommandRun.watched("bench", "--model", DECODER, "-p", "9", "-d", "2").err())
        .containsOnlyOnce("\rwarming up")
        .containsOnlyOnce("\rmeasuring 9 tokens of prompt, 2 of answer");
    assertThat(CommandRun.watched("check", TestData.fixture("llama-smol").toString()).err())
        .contains("\rcomparing ");
  }

  @Test
  void askAsJsonHasTheNamesProgramsRelyOn() {
    CommandRun run = ask("--json", "--logprobs", "2");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    JsonObject answer = json(run.out());
    assertThat(answer.members().keySet())
        .contains(
            "answer",
            "finishReason",
            "promptTokens",
            "tokens",
            "timeToFirstTokenMillis",
            "tokensPerSecond",
            "modelDigest",
            "receipt");
    assertThat(answer.object("receipt").orElseThrow().members().keySet())
        .containsExactly("decision", "startedEntry", "finishedEntry");
    assertThat(answer.string("finishReason")).isEqualTo("length");
    assertThat(answer.integer("tokens", 0, 100)).isEqualTo(8);
    assertThat(answer.number("tokensPerSecond")).isPositive();
    List<Object> logprobs = answer.list("logprobs").orElseThrow();
    assertThat(logprobs).hasSize(8);
    JsonObject first = (JsonObject) logprobs.getFirst();
    assertThat(first.number("logprob")).isNegative();
    assertThat(first.list("top").orElseThrow()).hasSize(2);
  }

  @Test
  void threadsAndKernelsDoNotChangeAnAnswer() {
    String one = json(ask("--json", "--threads", "1").out()).string("answer");
    assertThat(json(ask("--json", "--threads", "3").out()).string("answer")).isEqualTo(one);
    assertThat(json(ask("--json", "--kernels", "scalar").out()).string("answer")).isEqualTo(one);
  }

  @Test
  void sameSeedSameAnswerOtherSeedOther() {
    String[] options = {"--json", "--temperature", "5", "--seed"};
    String first = json(ask(concat(options, "1")).out()).string("answer");
    assertThat(json(ask(concat(options, "1")).out()).string("answer")).isEqualTo(first);
    assertThat(json(ask(concat(options, "2")).out()).string("answer")).isNotEqualTo(first);
  }

  @Test
  void questionIsReadFromAPipe() {
    String[] rest = {"ask", "--model", DECODER, "--max-tokens", "8", "--json"};
    String typed = json(ask("--json").out()).string("answer");
    CommandRun piped = CommandRun.withInput("Hello there\n", rest);
    assertThat(json(piped.out()).string("answer")).isEqualTo(typed);
    CommandRun dash = CommandRun.withInput("Hello there", concat(rest, "-"));
    assertThat(json(dash.out()).string("answer")).isEqualTo(typed);
  }

  @Test
  void wrongCommandLinesAreRefused() {
    assertError(CommandRun.of("ask", "hi", "--threads", "x"), 2, "--threads");
    assertError(ask("--logprobs"), 2, "--logprobs needs --json");
    assertError(ask("--raw", "--system", "x"), 2, "exclude each other");
    assertError(ask("--threads", "0"), 1, "threads is 0, allowed is 1 to 1024");
    assertError(ask("--kernels", "abacus"), 1, "abacus");
    assertError(ask("--top-p", "2"), 1, "top-p is 2.0, allowed is");
    assertError(ask("--top-k", "-1"), 1, "top-k is -1, allowed is 0 or more");
    assertError(ask("--context", "4"), 1, "the context holds 4 tokens");
    assertError(ask("--context", "2000000000"), 1, "this model allows 1 to");
    assertError(CommandRun.of("ask", "--model", DECODER, " "), 1, "the prompt is empty");
    assertError(CommandRun.of("bench", "--model", DECODER, "--prompt", "0"), 2, "--prompt");
  }

  @Test
  void brokenModelsAreOneMessage(@TempDir Path folder) throws IOException {
    assertError(askOf(folder.resolve("none.gguf")), 1, "no such file");
    Path text = Files.writeString(folder.resolve("text.gguf"), "This is no model at all.");
    assertError(askOf(text), 1, "text.gguf");
    Path empty = Files.createFile(folder.resolve("empty.gguf"));
    assertError(askOf(empty), 1, "empty.gguf");
    Path truncated = Files.write(folder.resolve("short.gguf"), new byte[] {'G', 'G', 'U', 'F', 3});
    assertError(askOf(truncated), 1, "short.gguf");
    String encoder = TestData.fixture("mobilebert-tiny").toString();
    assertError(CommandRun.of("ask", "--model", encoder, "hi"), 1, "mobilebert is an encoder");
    assertError(CommandRun.of("bench", "--model", encoder), 1, "mobilebert is an encoder");
  }

  @Test
  void aModelLargerThanMemoryIsRefusedBeforeItIsMapped(@TempDir Path folder) throws IOException {
    Files.copy(Path.of(DECODER, "config.json"), folder.resolve("config.json"));
    String header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1000000,1000000],\"data_offsets\":[0,4000000000000]}}";
    // Sparse: four terabytes that take no room on the disk.
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
      file.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length()).array());
      file.writeBytes(header);
      file.setLength(8 + header.length() + 4_000_000_000_000L);
    }
    for (String command : List.of("ask", "bench")) {
      CommandRun run =
          command.equals("ask")
              ? CommandRun.of("ask", "--model", folder.toString(), "hello")
              : CommandRun.of("bench", "--model", folder.toString());
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err())
          .contains("4000000000000")
          .contains("are available")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void errorAsJsonHasCodeMessageAndRemedy(@TempDir Path folder) {
    CommandRun run =
        CommandRun.of("ask", "--model", folder.resolve("none.gguf").toString(), "hi", "--json");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEmpty();
    JsonObject error = json(run.out()).object("error").orElseThrow();
    assertThat(error.string("code")).isEqualTo("file.missing");
    assertThat(error.string("message")).contains("none.gguf");
    assertThat(error.string("remedy")).isNotEmpty();
  }

  @Test
  void benchPrintsTheFourFigures() {
    String[] options = {"bench", "--model", DECODER, "-p", "20", "-d", "4", "--depth", "7"};
    CommandRun run = CommandRun.of(concat(options, "--json"));
    assertThat(run.exitCode()).as(run.out()).isZero();
    assertThat(run.err()).isEmpty();
    JsonObject figures = json(run.out());
    for (String name :
        List.of(
            "prefillTokensPerSecond",
            "decodeTokensPerSecond",
            "timeToFirstTokenMillis",
            "residentBytes")) {
      assertThat(figures.number(name)).as(name).isPositive();
      assertThat(CommandRun.of(options).out()).contains(name);
    }
    // The clock of the operating system ticks in hundredths of a second: so short, it may be 0.
    assertThat(figures.number("prefillCpuMillis")).isNotNegative();
    assertThat(figures.number("decodeCpuMillis")).isNotNegative();
  }

  @Test
  void benchMeasuresManyStreams() {
    String[] options = {"bench", "--model", DECODER, "-p", "20", "-d", "4"};
    JsonObject one = json(CommandRun.of(concat(options, "--json")).out());
    CommandRun run = CommandRun.of(concat(options, "--streams", "3", "--json"));
    assertThat(run.exitCode()).as(run.out()).isZero();
    JsonObject figures = json(run.out());
    assertThat(figures.integer("streams", 1, 128)).isEqualTo(3);
    // What the prompts took is three times what one of the rates says.
    double seconds = 3 * 20 / figures.number("prefillTokensPerSecond");
    assertThat(1000 * seconds)
        .isCloseTo(figures.number("timeToFirstTokenMillis"), Percentage.withPercentage(0.1));
    assertThat(figures.number("stateBytes")).isEqualTo(3 * one.number("stateBytes"));
    assertError(CommandRun.of(concat(options, "--streams", "0")), 2, "--streams must be 1 to 128");
  }

  @Test
  void doctorSaysWhatItFinds() {
    CommandRun run = CommandRun.of("doctor", "--json");
    assertThat(run.exitCode()).isZero();
    JsonObject facts = json(run.out());
    assertThat(facts.string("java")).startsWith("25");
    assertThat(facts.string("kernels")).isNotEmpty();
    assertThat(facts.string("kernelsBecause")).isNotEmpty();
    assertThat(facts.integer("threads", 1, 1024)).isPositive();
    assertThat(facts.list("advice")).isPresent();
    assertThat(facts.has("peaks")).isFalse();
    assertThat(CommandRun.of("doctor").out()).contains("kernels because");
  }

  @Test
  void doctorMeasuresPeaksWhereThereIsMachineCode() {
    JsonObject facts = json(CommandRun.of("doctor", "--peaks", "--json").out());
    List<Object> peaks = facts.list("peaks").orElseThrow();
    if (facts.string("kernels").startsWith("emitted")) {
      JsonObject one = (JsonObject) peaks.getFirst();
      assertThat(one.integer("threads", 1, 1)).isEqualTo(1);
      assertThat(one.number("readBytesPerSecond")).isGreaterThan(1e8);
      assertThat(one.number("int8MultiplyAddsPerSecond"))
          .isGreaterThan(one.number("floatMultiplyAddsPerSecond"));
      assertThat(CommandRun.of("doctor", "--peaks").out()).contains("peaks of 1 thread");
    } else {
      assertThat(peaks).isEmpty();
    }
  }

  @Test
  void showReadsTheHeaderAlone() {
    CommandRun run = CommandRun.of("models", "show", DECODER, "--json");
    JsonObject facts = json(run.out());
    assertThat(facts.string("architecture")).isEqualTo("phi4flash");
    assertThat(facts.integer("vocabSize", 0, 1000)).isEqualTo(512);
    assertThat(facts.optionalInteger("parameters")).isPresent();
    assertThat(facts.integer("contextTokens", 1, 4096)).isEqualTo(4096);
    assertThat(facts.number("stateBytes")).isPositive();
    assertThat(facts.number("workingBytes")).isPositive();
    assertThat(CommandRun.of("models", "show", DECODER).out())
        .containsPattern("bytesByFormat +F32 1\\.68 MiB");
    String encoder = TestData.fixture("mobilebert-tiny").toString();
    assertThat(CommandRun.of("models", "show", encoder).out()).contains("mobilebert");
  }

  @Test
  void convertedModelAnswersLikeItsFolder(@TempDir Path folder) {
    Path out = folder.resolve("model.gguf");
    CommandRun run =
        CommandRun.of("models", "convert", DECODER, out.toString(), "--format", "F32", "--json");
    assertThat(run.exitCode()).as(run.out()).isZero();
    assertThat(json(run.out()).string("format")).isEqualTo("F32");
    String expected = json(ask("--json").out()).string("answer");
    String actual =
        json(CommandRun.of(
                    "ask", "--model", out.toString(), "Hello there", "--max-tokens", "8", "--json")
                .out())
            .string("answer");
    assertThat(actual).isEqualTo(expected);
    CommandRun again = CommandRun.of("models", "convert", DECODER, out.toString());
    assertError(again, 1, "model.gguf");
  }

  @Test
  void whatCannotBeConvertedOrWrittenIsSaidSo(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("model.gguf"));
    String out = folder.resolve("out.gguf").toString();
    assertError(CommandRun.of("models", "convert", file.toString(), out), 1, "is not a folder");
    assertError(CommandRun.of("models", "convert", "absent", out), 1, "absent: no such folder");
    String nowhere = folder.resolve("absent/out.gguf").toString();
    CommandRun unwritable = CommandRun.of("models", "convert", DECODER, nowhere);
    assertThat(unwritable.exitCode()).isEqualTo(1);
    assertThat(unwritable.err())
        .contains("absent/out.gguf cannot be written: there is no such folder")
        .doesNotContain(".partial");
    CommandRun unknown = CommandRun.of("models", "convert", DECODER, out, "--format", "Q3_K");
    assertError(unknown, 2, "expected one of [Q4_0, Q4_K, Q8_0, BF16, F32]");
  }

  @Test
  void pipedChatRemembersAndAnswersALine() {
    CommandRun run =
        CommandRun.withInput(
            "Hello there\n/foo\nand again\n/clear\nHello there\n",
            "chat",
            "--model",
            DECODER,
            "--max-tokens",
            "8",
            "--json");
    List<JsonObject> lines = run.out().lines().map(CommandsTest::json).toList();
    assertThat(lines).hasSize(4);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(lines.get(1).object("error").orElseThrow().string("code"))
        .isEqualTo("chat.unknown-command");
    int first = lines.get(0).integer("promptTokens", 1, 1000);
    assertThat(lines.get(2).integer("promptTokens", 1, 1000)).isGreaterThan(first + 8);
    assertThat(lines.get(3).integer("promptTokens", 1, 1000)).isEqualTo(first);
    assertThat(lines.get(3).string("answer")).isEqualTo(lines.get(0).string("answer"));
    assertThat(lines.get(0).string("answer")).isEqualTo(json(ask("--json").out()).string("answer"));
  }

  @Test
  void fullContextIsATypedMessageAndNotTheEnd() {
    CommandRun run =
        CommandRun.withInput(
            "one\ntwo three four five six seven eight nine ten eleven\n/clear\none\n",
            "chat",
            "--model",
            DECODER,
            "--max-tokens",
            "8",
            "--context",
            "32",
            "--json");
    List<JsonObject> lines = run.out().lines().map(CommandsTest::json).toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1).object("error").orElseThrow().string("code"))
        .isEqualTo("chat.context-full");
    assertThat(lines.get(2).string("answer")).isEqualTo(lines.get(0).string("answer"));
  }

  @Test
  void everyCommandExplainsItselfWithAnExample() {
    for (String command :
        List.of(
            "ask",
            "chat",
            "classify",
            "extract",
            "receipt",
            "replay",
            "stop",
            "override",
            "consent",
            "consent give",
            "consent withdraw",
            "consent list",
            "consent receipt",
            "policy",
            "policy show",
            "policy check",
            "policy adopt",
            "policy explain",
            "audit",
            "audit show",
            "audit erase",
            "keys",
            "keys show",
            "keys rotate",
            "keys lock-after",
            "keys renew",
            "keys destroy",
            "stats",
            "stats eval",
            "stats list",
            "stats example",
            "models",
            "models list",
            "models add",
            "models show",
            "models pack",
            "models remove",
            "models convert",
            "tokenize",
            "check",
            "doctor",
            "bench")) {
      CommandRun run = CommandRun.of((command + " --help").split(" "));
      assertThat(run.exitCode()).as(command).isZero();
      assertThat(run.err()).as(command).isEmpty();
      assertThat(run.out()).as(command).contains("Usage: candor " + command).contains("Example");
      assertThat(run.out()).as(command).contains("--json");
      assertThat(run.out().substring(run.out().indexOf("Example")).lines())
          .as("an example of %s is broken in two", command)
          .noneMatch(line -> line.length() == 80 || line.matches("\\S+\\.(gguf|whl|json)"));
    }
  }

  private static CommandRun ask(String... options) {
    return CommandRun.of(
        concat(
            new String[] {"ask", "--model", DECODER, "--max-tokens", "8", "Hello there"}, options));
  }

  private static CommandRun askOf(Path model) {
    return CommandRun.of("ask", "--model", model.toString(), "hi");
  }

  private static String[] concat(String[] first, String... second) {
    String[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static void assertError(CommandRun run, int exitCode, String message) {
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(exitCode);
    assertThat(run.out()).isEmpty();
    List<String> lines = run.err().lines().filter(line -> !line.startsWith("memory: ")).toList();
    assertThat(lines).as(run.err()).hasSize(2);
    assertThat(lines.getFirst()).startsWith("candor: ").contains(message);
    assertThat(lines.getLast()).isNotBlank();
  }

  private static JsonObject json(String text) {
    return Json.parseObject(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        Json.Limits.CONFIG,
        "output");
  }
}
