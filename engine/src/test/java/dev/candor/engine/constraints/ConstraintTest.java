package dev.candor.engine.constraints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.GenerationException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConstraintTest {

  private static void assertRefused(Runnable compile, String code, String... named) {
    assertThatThrownBy(compile::run)
        .isInstanceOfSatisfying(
            GenerationException.class,
            e -> {
              assertThat(e.code()).isEqualTo("generation." + code);
              for (String name : named) {
                assertThat(e.getMessage()).contains(name);
              }
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a*b|c",
        "(ab)+c?",
        "[a-c]{2,3}",
        "[^b]c",
        "a.c",
        "\\d{3}",
        "(a|bc){0,2}b",
        "a{2}",
        "(?:ab|a)b*",
        "[ab-]+",
        "\\w\\W",
        "x|",
        "(a?){3}b",
        "[\\d-]+a"
      })
  void matchesWhatTheLibraryMatches(String regex) {
    Constraint constraint = Constraint.regex(regex);
    Pattern pattern = Pattern.compile(regex);
    Random random = new Random(1);
    for (int i = 0; i < 3000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(6);
      for (int j = 0; j < length; j++) {
        text.append("abcx-1 2é".charAt(random.nextInt(9)));
      }
      assertThat(constraint.accepts(text.toString()))
          .as("'%s' in %s", text, regex)
          .isEqualTo(pattern.matcher(text).matches());
    }
  }

  @Test
  void charactersBeyondAsciiAreWholeOnes() {
    Constraint constraint = Constraint.regex("[à-ü😀-😆]{1,2}|\\u{1F600}x|[^\\x00-\\u07FF]z");
    assertThat(constraint.accepts("é")).isTrue();
    assertThat(constraint.accepts("é😃")).isTrue();
    assertThat(constraint.accepts("😀x")).isTrue();
    assertThat(constraint.accepts("😇")).isFalse();
    assertThat(constraint.accepts("€z")).isTrue();
    assertThat(constraint.accepts("éz")).isFalse();
    Random random = new Random(2);
    for (int i = 0; i < 200; i++) {
      int first = random.nextInt(Characters.LARGEST + 1);
      int last = first + random.nextInt(Math.min(70_000, Characters.LARGEST + 1 - first));
      Expressions e = new Expressions();
      int range = Characters.of(e, List.of(new Characters.Range(first, last)));
      e.seal();
      for (int c : new int[] {first - 1, first, (first + last) / 2, last, last + 1, 'a', 0xE9}) {
        if (c >= 0 && c <= Characters.LARGEST && !(c >= 0xD800 && c <= 0xDFFF)) {
          int state = range;
          for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
            state = e.derive(state, b & 0xFF);
          }
          assertThat(e.isNullable(state)).isEqualTo(c >= first && c <= last);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a(?=b), (?=",
    "\\bword, \\b",
    "(a)\\1, \\1",
    "a^b, ^ within",
    "a$b, $ within",
    "\\p{L}, \\p"
  })
  void whatIsNotRegularIsNamed(String regex, String named) {
    assertRefused(() -> Constraint.regex(regex), "regex-unsupported", named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a", "a)", "[a", "*a", "a{2,1}", "a{x}", "\\", "[z-a]", "\\u12"})
  void malformedExpressionsAreRefused(String regex) {
    assertRefused(() -> Constraint.regex(regex), "regex-malformed");
  }

  @Test
  void integersBetweenBoundsAreExact() {
    Random random = new Random(3);
    for (int round = 0; round < 300; round++) {
      long scale = (long) Math.pow(10, random.nextInt(1, 6));
      long least = random.nextLong(-scale, scale);
      long most = least + random.nextLong(scale);
      Constraint constraint =
          Constraint.jsonSchema(
              "{\"type\": \"integer\", \"minimum\": " + least + ", \"maximum\": " + most + "}");
      for (long value :
          new long[] {least - 1, least, least + 1, (least + most) / 2, most, most + 1, 0, -least}) {
        assertThat(constraint.accepts(Long.toString(value)))
            .as("%d in [%d, %d]", value, least, most)
            .isEqualTo(value >= least && value <= most);
      }
      assertThat(constraint.accepts("-0")).isFalse();
      assertThat(constraint.accepts("0" + Math.abs(most))).isFalse();
    }
  }

  @Test
  void numbersBetweenBoundsAreWithinThem() {
    Random random = new Random(4);
    for (int round = 0; round < 300; round++) {
      double least = Math.rint(random.nextDouble(-2000, 2000)) / 100;
      double most = least + Math.rint(random.nextDouble(300, 3000)) / 100;
      boolean open = random.nextBoolean();
      Constraint constraint =
          Constraint.jsonSchema(
              open
                  ? "{\"exclusiveMinimum\": " + least + ", \"exclusiveMaximum\": " + most + "}"
                  : "{\"minimum\": " + least + ", \"maximum\": " + most + "}");
      for (int i = 0; i < 200; i++) {
        String text =
            String.format("%." + random.nextInt(4) + "f", random.nextDouble(least - 2, most + 2));
        double value = Double.parseDouble(text);
        if (constraint.accepts(text)) {
          assertThat(open ? value > least && value < most : value >= least && value <= most)
              .as("%s in %s to %s", text, least, most)
              .isTrue();
        }
      }
      double middle = Math.rint((least + most) / 2);
      assertThat(constraint.accepts(Long.toString((long) middle))).isTrue();
    }
  }

  @Test
  void membersComeInOrderAndOptionalOnesMayBeLeftOut() {
    Constraint constraint =
        Constraint.jsonSchema(
            """
            {"type": "object", "required": ["b"], "additionalProperties": false,
             "properties": {"a": {"type": "boolean"}, "b": {"const": 1}, "c": {"type": "null"}}}
            """);
    assertThat(constraint.accepts("{\"b\": 1}")).isTrue();
    assertThat(constraint.accepts("{\"a\": true, \"b\": 1, \"c\": null}")).isTrue();
    assertThat(constraint.accepts("{\"b\": 1, \"c\": null}")).isTrue();
    assertThat(constraint.accepts("{\"b\": 1, \"a\": true}")).isFalse();
    assertThat(constraint.accepts("{\"a\": true}")).isFalse();
    assertThat(constraint.accepts("{\"a\": true, }")).isFalse();
    assertThat(constraint.accepts("{\"b\": 1, \"d\": 2}")).isFalse();
  }

  @Test
  void additionalMembersHaveOtherNames() {
    Constraint constraint =
        Constraint.jsonSchema(
            """
            {"properties": {"kind": {"const": "map"}}, "required": ["kind"],
             "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 9}}
            """);
    assertThat(constraint.accepts("{\"kind\": \"map\", \"x\": 1, \"kinds\": 2}")).isTrue();
    assertThat(constraint.accepts("{\"kind\": \"map\", \"kind\": 2}")).isFalse();
    assertThat(constraint.accepts("{\"kind\": \"map\", \"x\": 10}")).isFalse();
  }

  @Test
  void schemasMayReferToThemselves() {
    Constraint constraint =
        Constraint.jsonSchema(
            """
            {"$defs": {"node": {"type": "object", "required": ["v"], "properties":
              {"v": {"type": "integer"}, "next": {"$ref": "#/$defs/node"}}}},
             "$ref": "#/$defs/node"}
            """);
    String nested = "{\"v\": 1}";
    for (int i = 0; i < 50; i++) {
      nested = "{\"v\": 1, \"next\": " + nested + "}";
    }
    assertThat(constraint.accepts(nested)).isTrue();
    assertThat(constraint.accepts(nested.substring(1))).isFalse();
  }

  @Test
  void keywordsThatAreNotSupportedAreNamedWithTheirPlace() {
    assertRefused(
        () -> Constraint.jsonSchema("{\"properties\": {\"a\": {\"multipleOf\": 3}}}"),
        "schema-unsupported",
        "#/properties/a",
        "multipleOf");
    assertRefused(
        () -> Constraint.jsonSchema("{\"type\": \"string\", \"format\": \"iri\"}"),
        "schema-unsupported",
        "iri");
    assertRefused(
        () ->
            Constraint.jsonSchema("{\"oneOf\": [{\"type\": \"number\"}, {\"type\": \"integer\"}]}"),
        "schema-unsupported",
        "oneOf");
    assertRefused(
        () -> Constraint.jsonSchema("{\"type\": \"strin\"}"), "schema-malformed", "strin");
    assertRefused(() -> Constraint.jsonSchema("false"), "constraint-unsatisfiable");
    for (String bounds :
        List.of(
            "\"minItems\": 3, \"maxItems\": 2",
            "\"minItems\": 1, \"maxItems\": 0",
            "\"prefixItems\": [true, true], \"minItems\": 2, \"maxItems\": 1",
            "\"minLength\": 3, \"maxLength\": 2")) {
      assertRefused(() -> Constraint.jsonSchema("{" + bounds + "}"), "constraint-unsatisfiable");
    }
    assertRefused(
        () ->
            Constraint.jsonSchema(
                "{\"type\": \"string\", \"pattern\": \"^a{5}$\", \"maxLength\": 3}"),
        "constraint-unsatisfiable");
    assertRefused(
        () ->
            Constraint.jsonSchema(
                "{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"type\": \"array\", \"minItems\": 1,"
                    + " \"items\": {\"$ref\": \"#/$defs/a\"}}}}"),
        "constraint-unsatisfiable",
        "#/$defs/a");
  }

  @Test
  void grammarsReadAsLlamaCppReadsThem() {
    Constraint constraint =
        Constraint.grammar(
            """
            # moves of a game
            root  ::= move (" " move)* "\\n"?
            move  ::= piece? square | castle
            piece ::= [KQRBN]
            square ::= [a-h] [1-8]
            castle ::= "O-O" ("-O")?
            """);
    assertThat(constraint.accepts("e4 Nf3 O-O-O\n")).isTrue();
    assertThat(constraint.accepts("e9")).isFalse();
    assertThat(constraint.accepts("e4  e5")).isFalse();
    assertThat(Constraint.grammar("root ::= a{2,3}\na ::= \"x\" |\n  \"y\"").accepts("xyx"))
        .isTrue();
    assertRefused(() -> Constraint.grammar("root ::= b"), "grammar-malformed", "b is used");
    assertRefused(() -> Constraint.grammar("a ::= \"x\""), "grammar-malformed", "root");
    assertRefused(() -> Constraint.grammar("root ::= \"x"), "grammar-malformed", "does not end");
    assertRefused(
        () -> Constraint.grammar("root ::= root \"x\" | \"y\""), "grammar-left-recursive", "root");
  }

  @Test
  void thinkingIsFreeUntilItsEnd() {
    Constraint constraint = Constraint.choice(List.of("yes", "no")).after("</think>");
    assertThat(constraint.accepts("Hm </thin yes?\n</think>\n\nno")).isTrue();
    assertThat(constraint.accepts("</think>yes")).isTrue();
    assertThat(constraint.accepts("no")).isFalse();
    assertThat(constraint.accepts("a</think>b</think>yes")).isFalse();
  }

  @Test
  void masksAllowExactlyTheTokensThatGoOn() {
    Random random = new Random(5);
    List<byte[]> tokens = new ArrayList<>();
    for (int id = 0; id < 400; id++) {
      byte[] token = new byte[id < 256 ? 1 : random.nextInt(4)];
      for (int i = 0; i < token.length; i++) {
        token[i] = (byte) (id < 256 ? id : "ab01{}\":, ".charAt(random.nextInt(10)));
      }
      tokens.add(token);
    }
    VocabularyTrie vocabulary = new VocabularyTrie(tokens.size(), tokens::get);
    Constraint constraint =
        Constraint.jsonSchema(
            "{\"properties\": {\"a\": {\"type\": \"string\", \"maxLength\": 400}}, \"required\": [\"a\"]}");
    for (int round = 0; round < 100; round++) {
      ConstrainedAnswer answer = constraint.begin(vocabulary);
      StringBuilder text = new StringBuilder();
      for (int step = 0; step < 30 && !answer.mustEnd(); step++) {
        float[] logits = new float[tokens.size()];
        answer.mask(logits, id -> false);
        List<Integer> allowed = new ArrayList<>();
        for (int id = 0; id < logits.length; id++) {
          boolean isAllowed = logits[id] == 0;
          assertThat(isAllowed)
              .as("'%s' behind '%s'", new String(tokens.get(id), StandardCharsets.ISO_8859_1), text)
              .isEqualTo(answer.allows(id, Expressions.INFINITE - 1));
          if (isAllowed) {
            allowed.add(id);
          }
        }
        int next = allowed.get(random.nextInt(allowed.size()));
        answer.accept(next);
        text.append(new String(tokens.get(next), StandardCharsets.ISO_8859_1));
      }
    }
  }

  @Test
  void aVocabularyWithoutSomeBytesNeverLeadsToADeadEnd() {
    // é can be begun, and ended only as a whole; there is no digit but 7.
    List<byte[]> tokens = new ArrayList<>();
    for (char c : "{}\":, ab7".toCharArray()) {
      tokens.add(new byte[] {(byte) c});
    }
    for (String token : List.of("\u00e9a", "{\"", "a\": 7", "7}", "\"x", "12")) {
      tokens.add(token.getBytes(StandardCharsets.UTF_8));
    }
    tokens.add(new byte[] {(byte) 0xC3});
    VocabularyTrie vocabulary = new VocabularyTrie(tokens.size(), tokens::get);
    Constraint constraint =
        Constraint.jsonSchema(
            """
            {"required": ["a", "b"], "properties": {"a": {"type": "integer"},
             "b": {"type": "string", "maxLength": 5}}}
            """);
    Random random = new Random(6);
    for (int round = 0; round < 300; round++) {
      ConstrainedAnswer answer = constraint.begin(vocabulary);
      StringBuilder text = new StringBuilder();
      while (!answer.mustEnd()) {
        float[] logits = new float[tokens.size()];
        answer.mask(logits, id -> false);
        int[] allowed = IntStream.range(0, logits.length).filter(id -> logits[id] == 0).toArray();
        int next = allowed[random.nextInt(allowed.length)];
        answer.accept(next);
        text.append(new String(tokens.get(next), StandardCharsets.UTF_8));
      }
      assertThat(constraint.accepts(text.toString())).as("%s", text).isTrue();
    }
    assertRefused(
        () -> Constraint.choice(List.of("c", "ca")).begin(vocabulary), "constraint-unspeakable");
  }
}
