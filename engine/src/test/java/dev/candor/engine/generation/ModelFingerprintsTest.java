package dev.candor.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.weights.GgufFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFingerprintsTest {

  private static final Path EMBEDDED = Path.of("../models/candor-mini/candor-mini.gguf");

  @TempDir Path folder = Path.of("");

  private Path copy() throws IOException {
    return Files.copy(EMBEDDED, folder.resolve("model.gguf"), StandardCopyOption.REPLACE_EXISTING);
  }

  private static LanguageModel open(Path file) {
    return LanguageModel.open(file, LoadOptions.defaults().withThreads(1));
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(ModelDigest.sha256().digest(bytes));
  }

  @Test
  void theDigestIsThatOfTheBytesThatAreMapped() throws IOException {
    Path file = copy();
    String before = sha256(Files.readAllBytes(file));
    try (LanguageModel model = open(file)) {
      ModelFingerprints fingerprints = model.fingerprints().orElseThrow();
      // What lies under the name now is another file: what is mapped is the one that was opened.
      Files.delete(file);
      Files.writeString(file, "something else");
      assertThat(fingerprints.weights()).isEqualTo(before);
      assertThat(fingerprints.unchanged()).isFalse();
    }
  }

  @Test
  void aByteThatIsWrittenIntoTheFileIsNoticed() throws IOException, InterruptedException {
    Path file = copy();
    try (LanguageModel model = open(file)) {
      ModelFingerprints fingerprints = model.fingerprints().orElseThrow();
      assertThat(fingerprints.unchanged()).isTrue();
      // A tick of the file system's clock later.
      Thread.sleep(20);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(new byte[] {1}), channel.size() - 100);
      }
      assertThat(fingerprints.unchanged()).isFalse();
      assertThat(fingerprints.weights()).isEqualTo(sha256(Files.readAllBytes(file)));
    }
  }

  @Test
  void theTokenizerIsItsValuesAndTheTemplateIsNotAmongThem() throws IOException {
    try (LanguageModel model = open(EMBEDDED);
        GgufFile gguf = GgufFile.open(EMBEDDED)) {
      ModelFingerprints fingerprints = model.fingerprints().orElseThrow();
      List<String> lines = new ArrayList<>();
      gguf.valueDigests("tokenizer.ggml.").forEach((key, digest) -> lines.add(digest + "  " + key));
      assertThat(lines).anyMatch(line -> line.endsWith("  tokenizer.ggml.tokens"));
      assertThat(lines).noneMatch(line -> line.contains("chat_template"));
      assertThat(fingerprints.tokenizer())
          .isEqualTo(sha256((String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII)));
      assertThat(fingerprints.template().orElseThrow()).isNotEqualTo(fingerprints.tokenizer());
    }
  }

  /** One byte of the template makes another template, and leaves the tokenizer what it is. */
  @Test
  void oneByteOfTheTemplateMakesAnother() throws IOException {
    byte[] bytes = Files.readAllBytes(EMBEDDED);
    String template;
    String tokenizer;
    byte[] source;
    try (LanguageModel model = open(EMBEDDED);
        GgufFile gguf = GgufFile.open(EMBEDDED)) {
      ModelFingerprints fingerprints = model.fingerprints().orElseThrow();
      template = fingerprints.template().orElseThrow();
      tokenizer = fingerprints.tokenizer();
      source =
          gguf.values()
              .string("tokenizer.chat_template")
              .orElseThrow()
              .getBytes(StandardCharsets.UTF_8);
    }
    int at = indexOf(bytes, source);
    int blank = at + new String(source, StandardCharsets.US_ASCII).indexOf("<|");
    bytes[blank] = '[';
    Path file = Files.write(folder.resolve("other.gguf"), bytes);
    try (LanguageModel model = open(file)) {
      ModelFingerprints fingerprints = model.fingerprints().orElseThrow();
      assertThat(fingerprints.template()).get().isNotEqualTo(template);
      assertThat(fingerprints.tokenizer()).isEqualTo(tokenizer);
    }
  }

  @Test
  void formatsAndParametersAreThoseOfTheTensors() {
    try (LanguageModel model = open(EMBEDDED)) {
      ModelFingerprints fingerprints = model.fingerprints().orElseThrow();
      assertThat(fingerprints.quantisation().split("\\+")).isSorted().contains("F32");
      assertThat(fingerprints.parameters()).isGreaterThan(1_000_000);
    }
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("the template is not in the file");
  }
}
