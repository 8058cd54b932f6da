package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.candor.engine.GenerationException;
import dev.candor.engine.constraints.ConstrainedAnswer;
import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.constraints.VocabularyTrie;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The part of the JSON-Schema-Test-Suite (draft 2020-12) that output constraints declare to
 * support. A schema is refused by a sentence that names the keyword, or all that is generated under
 * it validates, whatever a model says: here its logits are random.
 */
class JsonSchemaSuiteTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int TEXTS = 12;
  private static final int TOKENS = 200;

  /** What is said of schemas that are refused. */
  private static final List<String> REFUSALS =
      List.of("not supported", "no text fits", "no text that fits", "an empty one");

  /** What a model's vocabulary may hold: all bytes, words, and pieces across JSON's punctuation. */
  private static final List<byte[]> PIECES = pieces();

  private static final int END = PIECES.size();
  private static final VocabularyTrie VOCABULARY =
      new VocabularyTrie(END + 1, id -> id == END ? new byte[0] : PIECES.get(id));

  record Case(String file, String name, JsonNode schema, JsonNode tests) {
    @Override
    public String toString() {
      return file + ": " + name;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    Path folder = TestData.fixture("../json-schema-suite");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        for (JsonNode group : MAPPER.readTree(file.toFile())) {
          cases.add(
              new Case(
                  file.getFileName().toString(),
                  group.get("description").asString(),
                  group.get("schema"),
                  group.get("tests")));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cases;
  }

  private static List<byte[]> pieces() {
    List<byte[]> pieces = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      pieces.add(new byte[] {(byte) b});
    }
    String texts =
        "{\" \":  \", \"} , \"] [{ }} ]] true false null foo bar baz \"foo\" \"bar\": name 12 3.5 -1"
            + " e+ \\u00 \\n é 日本 😀 0000 1963-06-19 T08 :30 @example .com 127.0 2eb8aa08 - 99 aaa";
    for (String text : texts.split(" ")) {
      pieces.add(text.getBytes(StandardCharsets.UTF_8));
      pieces.add((" " + text).getBytes(StandardCharsets.UTF_8));
    }
    return pieces;
  }

  private static String generate(Constraint constraint, Random random) {
    ConstrainedAnswer answer = constraint.begin(VOCABULARY);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int left = TOKENS; !answer.mustEnd(); left--) {
      float[] logits = new float[END + 1];
      for (int id = 0; id < logits.length; id++) {
        logits[id] = (float) random.nextGaussian() + (id > 255 ? 3 : 0);
      }
      answer.mask(logits, id -> id == END, left - 1);
      int best = 0;
      for (int id = 1; id < logits.length; id++) {
        best = logits[id] > logits[best] ? id : best;
      }
      assertThat(logits[best]).isGreaterThan(Float.NEGATIVE_INFINITY);
      if (best == END) {
        break;
      }
      answer.accept(best);
      text.writeBytes(PIECES.get(best));
    }
    assertThat(answer.mayEnd()).isTrue();
    return text.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsGeneratedValidates(Case group) {
    Constraint constraint;
    try {
      constraint = Constraint.jsonSchema(group.schema().toString());
    } catch (GenerationException e) {
      assertThat(e.getMessage())
          .as(group.schema().toString())
          .satisfies(m -> assertThat(REFUSALS).anyMatch(m::contains));
      return;
    }
    Schema schema = schema(group);
    // The judge takes no e-mail address whose top-level domain it does not know; RFC 5321 does.
    boolean asserts = !group.file().equals("format-email.json");
    Random random = new Random(1);
    for (int i = 0; i < TEXTS; i++) {
      String text = generate(constraint, random);
      assertThat(
              schema.validate(
                  text,
                  InputFormat.JSON,
                  context ->
                      context.executionConfig(config -> config.formatAssertionsEnabled(asserts))))
          .as("%s under %s", text, group.schema())
          .isEmpty();
      assertThat(constraint.accepts(text)).isTrue();
    }
    for (JsonNode test : group.tests()) {
      if (!test.get("valid").asBoolean()) {
        assertThat(constraint.accepts(written(test.get("data"))))
            .as("%s under %s", test.get("data"), group.schema())
            .isFalse();
      }
    }
  }

  private static Schema schema(Case group) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(group.schema().toString());
  }

  /** As it would be generated. */
  private static String written(JsonNode value) {
    if (value.isObject()) {
      List<String> members = new ArrayList<>();
      value
          .properties()
          .forEach(member ->
              members.add(
                  MAPPER.writeValueAsString(member.getKey()) + ": " + written(member.getValue())));
      return "{" + String.join(", ", members) + "}";
    }
    if (value.isArray()) {
      List<String> items = new ArrayList<>();
      value.forEach(item -> items.add(written(item)));
      return "[" + String.join(", ", items) + "]";
    }
    return value.toString();
  }

  /** Refused schemas, and valid values that could not be generated, are counted and few. */
  @Test
  void mostOfTheSuiteIsSupported() {
    Map<String, Integer> refused = new TreeMap<>();
    int supported = 0;
    int valid = 0;
    int accepted = 0;
    for (Case group : cases()) {
      try {
        Constraint constraint = Constraint.jsonSchema(group.schema().toString());
        supported++;
        for (JsonNode test : group.tests()) {
          if (test.get("valid").asBoolean()) {
            valid++;
            accepted += constraint.accepts(written(test.get("data"))) ? 1 : 0;
          }
        }
      } catch (GenerationException e) {
        refused.merge(
            e.code() + " " + String.valueOf(e.getMessage()).replaceAll("at #\\S* ", ""),
            1,
            Integer::sum);
      }
    }
    String found =
        supported
            + " supported, "
            + accepted
            + " of "
            + valid
            + " valid accepted, refused "
            + refused;
    // As docs/reference/output-constraints.md says.
    assertThat(supported).as(found).isEqualTo(128);
    assertThat(accepted).as(found).isGreaterThanOrEqualTo(180);
  }
}
