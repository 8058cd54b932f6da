package dev.candor.engine.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.candor.engine.TokenizerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every text and every sequence of ids. */
final class TokenizerPropertiesTest {

  static List<String> names() {
    return TokenizerFixtures.NAMES;
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama3-tiny", "llama-smol", "phi3-longrope"})
  void byteLevelGivesEveryTextBack(String name) throws IOException {
    Tokenizer tokenizer = TokenizerFixtures.tokenizer(name);
    RandomTexts texts = new RandomTexts(1);
    for (int i = 0; i < 3000; i++) {
      String text = texts.next(40);
      assertThat(tokenizer.decode(tokenizer.encode(text, false, false), false)).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void theStreamsTextIsTheWholesText(String name) throws IOException {
    Tokenizer tokenizer = TokenizerFixtures.tokenizer(name);
    RandomTexts random = new RandomTexts(2);
    for (int i = 0; i < 2000; i++) {
      int[] ids = new int[random.below(20)];
      for (int j = 0; j < ids.length; j++) {
        ids[j] = random.below(tokenizer.vocabularySize() + 3);
      }
      boolean skip = random.below(2) == 0;
      StringBuilder streamed = new StringBuilder();
      Tokenizer.StreamDecoder stream = tokenizer.streamDecoder(skip);
      for (int id : ids) {
        String text = stream.next(id);
        assertThat(text.isEmpty() || !Character.isHighSurrogate(text.charAt(text.length() - 1)))
            .isTrue();
        streamed.append(text);
      }
      streamed.append(stream.finish());
      assertThat(streamed.toString()).isEqualTo(tokenizer.decode(ids, skip));
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void aUsersWordsAreNeverSpecial(String name) throws IOException {
    Tokenizer tokenizer = TokenizerFixtures.tokenizer(name);
    RandomTexts texts = new RandomTexts(3);
    int unknown = tokenizer.id("[UNK]").orElse(tokenizer.id("<unk>").orElse(-1));
    boolean found = false;
    for (int i = 0; i < 2000; i++) {
      String text = texts.next(30);
      for (int id : tokenizer.encode(text, false, false)) {
        assertThat(tokenizer.isSpecial(id) && id != unknown).as(text).isFalse();
      }
      for (int id : tokenizer.encode(text, false, true)) {
        found |= tokenizer.isSpecial(id) && id != unknown;
      }
    }
    assertThat(found).isTrue();
  }

  @ParameterizedTest
  @MethodSource("names")
  void aMegabyteOfAnythingTakesSeconds(String name) throws IOException {
    Tokenizer tokenizer = TokenizerFixtures.tokenizer(name);
    for (String unit :
        List.of("a", " ", "\n", "1", "é", "中", "👍", "!", "A中", "\u0301", "'", "<|")) {
      String text = unit.repeat((1 << 20) / unit.length());
      assertTimeoutPreemptively(
          Duration.ofSeconds(20), () -> tokenizer.encode(text, true, true), () -> "of " + unit);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void anUnpairedSurrogateIsRefused(String name) throws IOException {
    Tokenizer tokenizer = TokenizerFixtures.tokenizer(name);
    for (String text : List.of("\ud800", "a\udc00b", "x\ud83dy", "\ud83d ", "\udc00\ud800")) {
      assertThatThrownBy(() -> tokenizer.encode(text, false, true))
          .isInstanceOfSatisfying(
              TokenizerException.class,
              e -> assertThat(e.code()).isEqualTo("tokenizer.malformed-text"));
    }
  }

  @Test
  void theHeapMergesAsLookingAtAllPairsDoes() {
    Vocabulary.Builder builder = new Vocabulary.Builder(false, 64);
    PairMerges merges = new PairMerges(4);
    RandomTexts random = new RandomTexts(4);
    int size = 0;
    String[] spellings = new String[60];
    for (; size < 4; size++) {
      spellings[size] = String.valueOf((char) ('a' + size));
      builder.add(spellings[size], size);
    }
    List<String> known = new java.util.ArrayList<>(Arrays.asList(spellings).subList(0, size));
    for (int rank = 0; size < spellings.length; ) {
      int left = random.below(size);
      int right = random.below(size);
      String joined = spellings[left] + spellings[right];
      if (joined.length() <= 8) {
        int merged = known.indexOf(joined);
        if (merged < 0) {
          merged = size;
          spellings[size++] = joined;
          known.add(joined);
          builder.add(joined, merged);
        }
        merges.add(left, right, rank++, merged);
      }
    }
    Vocabulary vocabulary = builder.build();
    for (int i = 0; i < 2000; i++) {
      byte[] piece = new byte[random.below(24)];
      SymbolList few = new SymbolList();
      SymbolList many = new SymbolList();
      for (int j = 0; j < piece.length; j++) {
        piece[j] = (byte) ('a' + random.below(4));
        int id = vocabulary.find(piece, j, j + 1);
        few.add(id, j, 1);
        many.add(id, j, 1);
      }
      few.merge(merges, piece);
      many.mergeMany(merges, piece);
      assertThat(ids(few)).as(new String(piece, StandardCharsets.UTF_8)).isEqualTo(ids(many));
    }
  }

  private static List<Integer> ids(SymbolList symbols) {
    List<Integer> ids = new java.util.ArrayList<>();
    for (int symbol = symbols.first(); symbol >= 0; symbol = symbols.next(symbol)) {
      ids.add(symbols.id(symbol));
    }
    return ids;
  }

  @Test
  void invalidBytesAreReplacedByMaximalParts() {
    byte[] bytes = {
      'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80, (byte) 0xF0, (byte) 0x9F, 'b', (byte) 0xC3
    };
    StringBuilder text = new StringBuilder();
    Utf8.Decoder decoder = new Utf8.Decoder();
    decoder.accept(bytes, 0, bytes.length, text);
    decoder.finish(text);
    assertThat(text.toString()).isEqualTo("a\uFFFD\uFFFD\uFFFD\uFFFDb\uFFFD");
  }

  @Test
  void validBytesAreDecodedAsTheJdkDoes() {
    RandomTexts texts = new RandomTexts(5);
    for (int i = 0; i < 2000; i++) {
      String text = texts.next(30);
      assertThat(Utf8.bytes(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
