package dev.candor.training.lessons;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.tokenizers.TokenizerJson;
import dev.candor.training.tokenizers.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What must hold for all exercises, whatever the phrasings are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LessonsTest {

  private static final int DRAWS = 20_000;
  private static final String TEXT = "\n\nText: ";

  private final Lessons lessons = SampleLessons.lessons();

  List<Lesson> all() {
    return lessons.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void whatIsKeptBackIsNeverTrainedOn(Lesson lesson) {
    Map<Split, Set<String>> families = new EnumMap<>(Split.class);
    Map<Split, Set<String>> values = new EnumMap<>(Split.class);
    Map<Split, Set<String>> prompts = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      List<Exercise> exercises = SampleLessons.exercises(lesson, split, DRAWS / 3).toList();
      families.put(split, new HashSet<>());
      values.put(split, new HashSet<>());
      prompts.put(split, new HashSet<>());
      for (Exercise exercise : exercises) {
        families.get(split).addAll(exercise.families());
        values.get(split).addAll(exercise.values());
        prompts.get(split).add(exercise.prompt());
      }
    }

    assertThat(shared(families, Split.NEW_PHRASINGS)).isEmpty();
    assertThat(shared(values, Split.NEW_VALUES)).isEmpty();
    assertThat(shared(prompts, Split.NEW_VALUES)).isEmpty();
    switch (lesson.name()) {
      case "sections" -> assertThat(shared(families, Split.NEW_VALUES)).isEmpty();
      case "records" -> assertThat(values.get(Split.NEW_VALUES)).hasSizeGreaterThan(1000);
      default -> {
        assertThat(shared(prompts, Split.NEW_PHRASINGS)).isEmpty();
        assertThat(values.get(Split.NEW_VALUES)).hasSizeGreaterThan(100);
        assertThat(families.get(Split.NEW_PHRASINGS)).hasSizeGreaterThan(4);
        assertThat(shared(families, Split.NEW_VALUES)).hasSizeGreaterThan(30);
      }
    }
  }

  /** What a split has in common with training. */
  private static Set<String> shared(Map<Split, Set<String>> drawn, Split split) {
    Set<String> shared = new HashSet<>(drawn.getOrDefault(split, Set.of()));
    shared.retainAll(drawn.getOrDefault(Split.TRAIN, Set.of()));
    return shared;
  }

  @ParameterizedTest
  @MethodSource("all")
  void anExerciseFollowsFromItsIndex(Lesson lesson) {
    Lesson again = SampleLessons.lessons().lesson(lesson.name());
    for (long index : new long[] {0, 1, 12_345, 5_000_000_000L}) {
      assertThat(again.exercise(Split.TRAIN, index)).isEqualTo(lesson.exercise(Split.TRAIN, index));
    }
    assertThat(SampleLessons.exercises(lesson, Split.TRAIN, 100).distinct().count())
        .isGreaterThan(90);
  }

  @ParameterizedTest
  @MethodSource("all")
  void exercisesAreCompleteTexts(Lesson lesson) {
    for (Split split : Split.values()) {
      SampleLessons.exercises(lesson, split, 2000)
          .forEach(exercise -> {
            assertThat(exercise.prompt())
                .isNotBlank()
                .doesNotContain("  ")
                .doesNotContainPattern("[{}]\\p{L}|\\p{L}}");
            assertThat(exercise.answer()).isNotBlank();
            assertThat(exercise.lesson()).isEqualTo(lesson.name());
          });
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void labelsAreAmongThoseThatAreOffered(Lesson lesson) {
    for (Split split : Split.values()) {
      SampleLessons.exercises(lesson, split, 3000)
          .filter(exercise -> exercise.prompt().startsWith("Which label"))
          .forEach(exercise ->
              assertThat(SampleLessons.labels(exercise.prompt()))
                  .hasSizeGreaterThan(1)
                  .doesNotHaveDuplicates()
                  .contains(exercise.answer()));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void extractsAreWhatTheSchemaAllowsAndTheTextSays(Lesson lesson) {
    for (Split split : Split.values()) {
      SampleLessons.exercises(lesson, split, 700)
          .filter(exercise -> exercise.prompt().startsWith("Extract from the text"))
          .forEach(LessonsTest::checkExtract);
    }
  }

  private static void checkExtract(Exercise exercise) {
    String prompt = exercise.prompt();
    String schema = prompt.substring(prompt.indexOf("Schema: ") + 8, prompt.indexOf(TEXT));
    String text = prompt.substring(prompt.indexOf(TEXT) + TEXT.length());
    assertThat(Constraint.jsonSchema(schema).accepts(exercise.answer()))
        .as("%s for %s", exercise.answer(), schema)
        .isTrue();
    JsonNode properties = JsonMapper.shared().readTree(schema).get("properties");
    JsonNode answer = JsonMapper.shared().readTree(exercise.answer());
    List<String> order = new ArrayList<>(properties.propertyNames());
    assertThat(order).containsSubsequence(answer.propertyNames());
    for (Map.Entry<String, JsonNode> member : answer.properties()) {
      JsonNode type = properties.get(member.getKey());
      if (type.has("type") && !type.get("type").stringValue().equals("boolean")) {
        assertThat(text)
            .contains(
                member.getValue().isString()
                    ? member.getValue().stringValue()
                    : raw(exercise.answer(), member.getKey()));
      }
    }
  }

  /** A number as it is written. */
  private static String raw(String answer, String name) {
    String behind = answer.substring(answer.indexOf("\"" + name + "\": ") + name.length() + 4);
    return behind.replaceFirst("[,}].*", "");
  }

  @Test
  void everyTextIsShortAndComesBack(@TempDir Path folder) throws IOException {
    TokenizerFiles.write(
        TokenizerCommand.trainer(lessons, 4000)
            .train(TokenizerCommand.VOCABULARY, TokenizerFiles.CHAT_TOKENS),
        TokenizerCommand.CONTEXT,
        folder);
    Tokenizer tokenizer = TokenizerJson.open(folder);
    long tokens = 0;
    int exercises = 6000;
    int longTexts = 0;
    for (int i = 0; i < exercises; i++) {
      Exercise exercise = Curriculum.standard().exercise(lessons, Long.MAX_VALUE, i);
      String chat =
          "<|user|>" + exercise.prompt() + "<|end|><|assistant|>" + exercise.answer() + "<|end|>";
      int[] ids = tokenizer.encode(chat, false, true);
      assertThat(tokenizer.decode(ids, false)).isEqualTo(chat);
      tokens += ids.length;
      longTexts += ids.length > 250 ? 1 : 0;
    }

    assertThat(tokens / (double) exercises).isBetween(60.0, 115.0);
    assertThat(longTexts).isLessThan(exercises / 100);
    // A word is the same tokens wherever it stands, and each digit is one.
    int[] quoted = tokenizer.encode("\"Kuvomel\"", false, false);
    int[] spaced = tokenizer.encode("x Kuvomel 12", false, false);
    assertThat(Arrays.copyOfRange(spaced, 2, spaced.length - 3))
        .containsExactly(Arrays.copyOfRange(quoted, 1, quoted.length - 1));
    assertThat(Arrays.copyOfRange(spaced, spaced.length - 2, spaced.length))
        .containsExactly('1', '2');
  }
}
