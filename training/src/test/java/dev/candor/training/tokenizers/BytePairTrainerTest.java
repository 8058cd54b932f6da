package dev.candor.training.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.tokenizers.TokenizerJson;
import dev.candor.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BytePairTrainerTest {

  private static final List<String> TEXTS =
      List.of(
          "the cat sat on the mat, the cat sat there",
          "that hat is the hat of the cat",
          "{\"name\": \"Ada\", \"year\": 1815}",
          "12 + 15 = 27 and 27 + 12 = 39",
          "naming names and the names of things that think");

  @TempDir Path folder = Path.of("");

  @Test
  void theMostFrequentPairComesFirst() {
    TrainedVocabulary vocabulary = trainer(TEXTS).train(261 + 3, TokenizerFiles.CHAT_TOKENS);

    // th occurs 11 times, at 10 times, then th + e 7 times.
    assertThat(vocabulary.pieces().subList(256, 259).stream().map(String::new))
        .containsExactly("th", "at", "the");
  }

  @Test
  void pairsOfTheSameCountComeByTheirBytes() {
    assertThat(trainer(List.of("ba ba", "ab ab", "ac ac")).train(257, List.of()).merges())
        .containsExactly(new TrainedVocabulary.Merge('a', 'b'));
  }

  @Test
  void theOrderOfTheTextsDoesNotMatter() {
    List<String> turned = new ArrayList<>(TEXTS);
    Collections.reverse(turned);

    assertThat(trainer(turned).train(266, List.of()))
        .isEqualTo(trainer(TEXTS).train(266, List.of()));
  }

  @Test
  void theEngineReadsWhatIsWritten() throws IOException {
    Tokenizer tokenizer = written();

    assertThat(tokenizer.vocabularySize()).isEqualTo(270);
    assertThat(pieces(tokenizer, "the cat: \"the\" 27"))
        .containsExactly("the", " ", "cat", ":", " ", "\"", "the", "\"", " ", "2", "7");
    assertThat(tokenizer.encode("the cat", false, false))
        .containsExactly(tokenizer.id("the").orElseThrow(), ' ', tokenizer.id("cat").orElseThrow());
    assertThat(tokenizer.encode("<|user|>12<|end|>", false, true))
        .containsExactly(267, '1', '2', 269);
    assertThat(tokenizer.isSpecial(265)).isTrue();
    assertThat(Files.readString(folder.resolve("tokenizer_config.json")))
        .contains("\"model_max_length\" : 512", "add_generation_prompt");
  }

  @Test
  void anyTextComesBackAsItWas() {
    Tokenizer tokenizer = written();
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      String text =
          random
              .ints(random.nextInt(40), 0, 0x30000)
              .filter(point -> point < 0xD800 || point > 0xDFFF)
              .map(point -> random.nextBoolean() ? point % 128 : point)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      assertThat(tokenizer.decode(tokenizer.encode(text, false, false), false)).isEqualTo(text);
    }
  }

  @Test
  void everyByteIsAToken() {
    Tokenizer tokenizer = written();
    for (int b = 0; b < 256; b++) {
      assertThat(tokenizer.bytes(b)).containsExactly(b);
    }
  }

  @Test
  void tooLittleTextIsAnError() {
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> trainer(TEXTS).train(2000, List.of()))
        .satisfies(e -> assertThat(e.code()).isEqualTo("training.too-little-text"));
  }

  @Test
  void sizesThatDoNotFitAreErrors() {
    for (int size : new int[] {260, 8193}) {
      assertThatExceptionOfType(TrainingException.class)
          .isThrownBy(() -> trainer(TEXTS).train(size, TokenizerFiles.CHAT_TOKENS))
          .satisfies(e -> assertThat(e.code()).isEqualTo("training.vocabulary-size"))
          .withMessageContaining("261 to 8192");
    }
  }

  private Tokenizer written() {
    TokenizerFiles.write(trainer(TEXTS).train(270, TokenizerFiles.CHAT_TOKENS), 512, folder);
    return TokenizerJson.open(folder);
  }

  private static List<String> pieces(Tokenizer tokenizer, String text) {
    return Arrays.stream(tokenizer.encode(text, false, false))
        .mapToObj(id -> new String(tokenizer.bytes(id)))
        .toList();
  }

  private static BytePairTrainer trainer(List<String> texts) {
    BytePairTrainer trainer = new BytePairTrainer();
    texts.forEach(trainer::add);
    return trainer;
  }
}
