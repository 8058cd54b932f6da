package dev.candor.server.prefixes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.generation.Answer;
import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.PrefillListener;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets it.
class PrefixCacheTest {

  private static final GenerationRequest REQUEST =
      new GenerationRequest(GenerationRequest.greedy(1).sampling(), 20, List.of(), true, -1)
          .withLogitsDigest();

  private static final SessionOptions LIKE = SessionOptions.ofContext(2_048);

  private LanguageModel language;

  @BeforeAll
  void open() {
    language =
        LanguageModel.open(
            Path.of("..", "models", "candor-mini", "candor-mini.gguf"),
            LoadOptions.defaults().withThreads(1));
  }

  @AfterAll
  void close() {
    language.close();
  }

  /** What a session holds afterwards, and the digest of the logits of its answer. */
  private record Turn(int[] tokens, String digest, int reused) {}

  private static Turn turn(PrefixCache cache, String principal, int[] prompt, boolean isKept) {
    PrefixCache.Reading reading =
        cache.reading(principal, SessionOptions.ofContext(prompt.length + 20), isKept);
    Session session = reading.read(prompt, PrefillListener.NONE).orElseThrow();
    try {
      Answer answer = session.generate(REQUEST, GenerationListener.NONE);
      return new Turn(
          session.tokens(), answer.logitsDigest().orElseThrow(), reading.reusedTokens());
    } finally {
      reading.done(session);
    }
  }

  private int[] longer(int[] tokens, Random random) {
    int[] longer = Arrays.copyOf(tokens, tokens.length + 40);
    for (int i = tokens.length; i < longer.length; i++) {
      longer[i] = random.nextInt(language.model().vocabularySize());
    }
    return longer;
  }

  @Test
  void aConversationGoesOnWithTheBitsOfAReadingAnew() {
    Random random = new Random(7);
    try (PrefixCache cache = new PrefixCache(language, PrefixRoom.inMemory(64 << 20), LIKE);
        PrefixCache none = new PrefixCache(language, PrefixRoom.inMemory(0), LIKE)) {
      int[] prompt = longer(new int[0], random);
      int known = 0;
      for (int turn = 0; turn < 4; turn++) {
        Turn kept = turn(cache, "anna", prompt, true);
        Turn anew = turn(none, "anna", prompt, true);
        assertThat(kept.reused()).isEqualTo(known);
        assertThat(anew.reused()).isZero();
        assertThat(kept.digest()).isEqualTo(anew.digest());
        assertThat(kept.tokens()).isEqualTo(anew.tokens());
        known = kept.tokens().length;
        prompt = longer(kept.tokens(), random);
      }
    }
  }

  @Test
  void whatWasReadAsAWholeIsGoneOnWithToo() {
    Random random = new Random(11);
    try (PrefixCache cache = new PrefixCache(language, PrefixRoom.inMemory(64 << 20), LIKE);
        PrefixCache none = new PrefixCache(language, PrefixRoom.inMemory(0), LIKE)) {
      int[] whole = turn(cache, "anna", longer(new int[0], random), true).tokens();
      Turn kept = turn(cache, "anna", whole, true);
      Turn anew = turn(none, "anna", whole, true);
      assertThat(kept.reused()).isEqualTo(whole.length);
      assertThat(kept.digest()).isEqualTo(anew.digest());
      assertThat(kept.tokens()).isEqualTo(anew.tokens());
    }
  }

  @Test
  void nobodyGetsWhatAnotherHasLeft() {
    Random random = new Random(8);
    try (PrefixCache cache = new PrefixCache(language, PrefixRoom.inMemory(64 << 20), LIKE)) {
      int[] prompt = longer(new int[0], random);
      int[] next = longer(turn(cache, "anna", prompt, true).tokens(), random);
      assertThat(turn(cache, "bob", next, true).reused()).isZero();
      assertThat(turn(cache, "anna", next, false).reused()).isZero();
      assertThat(turn(cache, "anna", next, true).reused()).isPositive();
    }
  }

  @Test
  void whatIsKeptHasItsBound() {
    Random random = new Random(9);
    long one = language.sessionBytes(SessionOptions.ofContext(60));
    try (PrefixCache cache = new PrefixCache(language, PrefixRoom.inMemory(2 * one), LIKE)) {
      int[] first = longer(new int[0], random);
      int[] going = turn(cache, "anna", first, true).tokens();
      for (int i = 0; i < 5; i++) {
        turn(cache, "anna", longer(new int[0], random), true);
        assertThat(cache.bytes()).isBetween(1L, 2 * one);
      }
      assertThat(turn(cache, "anna", longer(going, random), true).reused()).isZero();
    }
  }

  @Test
  void whatIsDeclaredToBeSharedIsReadOnceForAll() {
    String house = "You answer for the house of Rosewood Lane. Be brief, be kind, be exact.";
    PrefixCounts counts = new PrefixCounts();
    PrefixRoom room = new PrefixRoom(64 << 20, Optional.empty(), Optional.of(house), counts);
    try (PrefixCache cache = new PrefixCache(language, room, LIKE);
        PrefixCache none = new PrefixCache(language, PrefixRoom.NONE, LIKE)) {
      int shared = 0;
      for (String who : List.of("anna", "bob")) {
        // Kept or not: what is shared tells nothing of anybody.
        for (boolean isKept : new boolean[] {true, false}) {
          int[] prompt = asked(house, "What is 17 + 25, asks " + who + " " + isKept);
          Turn turn = turn(cache, who, prompt, isKept);
          Turn anew = turn(none, who, prompt, false);
          assertThat(turn.reused()).isBetween(40, prompt.length - 20);
          assertThat(turn.digest()).isEqualTo(anew.digest());
          assertThat(turn.tokens()).isEqualTo(anew.tokens());
          shared = turn.reused();
        }
      }
      assertThat(counts.sharedHits.sum()).isEqualTo(4);
      // Their own conversation goes on from more; another beginning has nothing of it.
      int[] first = asked(house, "One");
      int[] kept = turn(cache, "anna", first, true).tokens();
      assertThat(turn(cache, "anna", longer(kept, new Random(3)), true).reused())
          .isEqualTo(kept.length)
          .isGreaterThan(shared);
      assertThat(turn(cache, "anna", asked("You answer for nobody.", "One"), true).reused())
          .isZero();
      assertThat(turn(cache, "bob", asked(house.substring(1), "One"), true).reused()).isZero();
    }
  }

  private int[] asked(String system, String question) {
    return language
        .chatFormat()
        .orElseThrow()
        .tokens(
            ChatRequest.of(
                List.of(ChatMessage.of("system", system), ChatMessage.of("user", question))));
  }
}
