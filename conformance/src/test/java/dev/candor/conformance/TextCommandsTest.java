package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.constraints.Constraint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code classify} and {@code extract}: one text, files of rows, and what is refused. */
class TextCommandsTest {

  private static final String MODEL = TestData.fixture("llama3-tiny").toString();

  /** Its vocabulary has a token for each byte. */
  private static final String ALL_BYTES = TestData.fixture("sambay-tiny").toString();

  private static final String SCHEMA =
      """
      {"type": "object", "required": ["name"], "additionalProperties": false, "properties":
        {"name": {"type": "string", "maxLength": 12}, "urgent": {"type": "boolean"}}}
      """;

  @TempDir Path folder;

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  private static JsonNode json(String text) {
    return new ObjectMapper().readTree(text);
  }

  private CommandRun classify(String... more) {
    return run("classify", List.of("--model", MODEL, "--labels", "red, green,blue"), more);
  }

  private CommandRun extract(String... more) throws IOException {
    String schema = file("schema.json", SCHEMA);
    return run(
        "extract", List.of("--model", ALL_BYTES, "--schema", schema, "--max-tokens", "60"), more);
  }

  private static CommandRun run(String command, List<String> options, String... more) {
    String[] arguments = new String[1 + options.size() + more.length];
    arguments[0] = command;
    for (int i = 0; i < options.size(); i++) {
      arguments[1 + i] = options.get(i);
    }
    System.arraycopy(more, 0, arguments, 1 + options.size(), more.length);
    return CommandRun.of(arguments);
  }

  @Test
  void classifyGivesEveryLabelItsProbability() {
    CommandRun run = classify("--json", "A text.");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    JsonNode answer = json(run.out());
    double sum = 0;
    double largest = 0;
    for (String label : List.of("red", "green", "blue")) {
      double probability = answer.get("probabilities").get(label).asDouble();
      sum += probability;
      largest = Math.max(largest, probability);
    }
    assertThat(sum).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(answer.get("probability").asDouble()).isEqualTo(largest);
    assertThat(answer.get("probabilities").get(answer.get("label").asString()).asDouble())
        .isEqualTo(largest);
    assertThat(classify("A text.").out().lines()).hasSize(3).first().asString().contains("%");
  }

  @Test
  void rowsKeepTheirCellsAndTheirOrder() throws IOException {
    String csv = file("in.csv", "\uFEFFid,body\n7,\"a, b\"\n8,\"line\nbreak\"\n");
    Path out = folder.resolve("out.csv");
    CommandRun run = classify(csv, "--column", "body", "--out", out.toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> lines = Files.readString(out).lines().toList();
    assertThat(lines.getFirst()).startsWith("id,body,label,probability").endsWith(",decision");
    assertThat(lines.get(1)).startsWith("7,\"a, b\",");
    assertThat(Files.readString(out)).contains("\"line\nbreak\"");
    assertThat(Files.exists(folder.resolve(".out.csv.part"))).isFalse();

    String jsonLines = file("in.jsonl", "{\"id\": 1, \"text\": \"x\"}\n\n{\"text\": \"y\"}\n");
    List<String> results = classify(jsonLines).out().lines().toList();
    assertThat(results).hasSize(2);
    assertThat(json(results.getFirst()).get("id").asInt()).isEqualTo(1);
    assertThat(json(results.getFirst()).get("label").asString()).isIn("red", "green", "blue");
    // A row's result does not depend on the rows before it.
    String last = file("last.jsonl", "{\"text\": \"y\"}\n");
    List<String> alone = classify(last).out().lines().toList();
    assertThat(alone.stream().map(TextCommandsTest::withoutDecision))
        .containsExactly(withoutDecision(results.getLast()));
    // Each is a decision of its own, with a record.
    assertThat(
            Stream.concat(results.stream(), alone.stream())
                .map(row -> json(row).get("decision").asString()))
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("[0-9a-f]{32}"));
  }

  private static String withoutDecision(String row) {
    return ((ObjectNode) json(row)).without("decision").toString();
  }

  /** A table has columns alone, whatever is asked for. */
  @Test
  void tablesHoldWhatJsonNests() throws IOException {
    String csv = file("in.csv", "text\nSomebody wants something.\n");
    CommandRun plain = classify(csv);
    CommandRun asJson = classify("--json", csv);
    assertThat(asJson.exitCode()).as(asJson.out() + asJson.err()).isZero();
    assertThat(asJson.out().lines().findFirst()).isEqualTo(plain.out().lines().findFirst());
    CommandRun extracted = extract(csv);
    assertThat(extracted.exitCode()).as(extracted.out() + extracted.err()).isZero();
    assertThat(extracted.out().lines().findFirst()).contains("text,extracted,decision");
    assertThat(extracted.out().lines().skip(1).findFirst().orElseThrow())
        .contains(",\"{\"\"name\"\":");
  }

  @Test
  void whatARowSaysItselfIsKept() throws IOException {
    CommandRun run = classify(file("known.csv", "text,label,decision\nSomething.,known,mine\n"));
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines.getFirst())
        .startsWith("text,label,decision,answer_label,probability,")
        .endsWith(",answer_decision");
    assertThat(lines.get(1)).startsWith("Something.,known,mine,");
  }

  @Test
  void aRowWithoutItsTextIsFoundBeforeAnythingIsDone() throws IOException {
    String csv = file("in.csv", "text\nx\n\"\"\n");
    CommandRun run = classify(csv);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("row 2", "'text'", "--column");
    assertThat(run.out()).isEmpty();
    CommandRun malformed = classify(file("in.jsonl", "{\"text\": \"x\"}\n{\"text\": \n"));
    assertThat(malformed.exitCode()).isEqualTo(1);
    assertThat(malformed.err()).contains("in.jsonl, row 2");
  }

  @Test
  void whatFailsInARowLeavesNoHalfResultInClear() throws IOException {
    String rows = file("in.csv", "text\nfine\n" + "too long ".repeat(3_000) + "\nlater\n");
    Path out = folder.resolve("out.csv");
    CommandRun run = classify(rows, "--out", out.toString(), "--context", "512");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
    assertThat(run.err()).contains("1 of 3 rows were answered", "out.csv was not written");
    assertThat(out).doesNotExist();
    assertThat(folder.resolve(".out.csv.part")).doesNotExist();
    // What is durable is told before the error is.
    CommandRun piped = classify(rows, "--context", "512");
    assertThat(piped.exitCode()).isEqualTo(1);
    assertThat(piped.out().lines()).hasSize(2).last().asString().startsWith("fine,");
  }

  @Test
  void extractedJsonAlwaysFitsTheSchema() throws IOException {
    CommandRun run = extract("--json", "Somebody wants something.");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    JsonNode answer = json(run.out());
    assertThat(answer.get("extracted").get("name").isString()).isTrue();
    CommandRun plain = extract("Somebody wants something.");
    assertThat(Constraint.jsonSchema(SCHEMA).accepts(spaced(plain.out().strip()))).isTrue();
  }

  /** With the spaces that generated JSON has. */
  private static String spaced(String compact) {
    return compact.replace("\":", "\": ").replace(",\"urgent", ", \"urgent");
  }

  @Test
  void anAnswerMayBeConstrained() throws IOException {
    List<String> ask = List.of("--model", ALL_BYTES, "--max-tokens", "80");
    String grammar = file("g.gbnf", "root ::= [0-9]+ \"!\"");
    // The model thinks aloud, so the answer proper comes behind its thoughts.
    assertThat(run("ask", ask, "--choices", "left,right", "x").out().strip())
        .matches("(?s).*</think>\\s*(left|right)");
    assertThat(run("ask", ask, "--regex", "[ab]{3}", "x").out().strip())
        .matches("(?s).*</think>\\s*[ab]{3}");
    assertThat(run("ask", ask, "--grammar", grammar, "x").out().strip())
        .matches("(?s).*</think>\\s*[0-9]+!");
    assertThat(run("ask", ask, "--json-object", "x").out().strip())
        .matches("(?s).*</think>\\s*\\{.*}");
    JsonNode answer =
        json(run("ask", ask, "x", "--regex", "[ab]cde", "--json", "--logprobs").out());
    assertThat(answer.get("logprobs").toString()).contains("\"logprob\":", "\"forced\":true");
    CommandRun both = run("ask", ask, "--regex", "a", "--json-object", "x");
    assertThat(both.exitCode()).isEqualTo(2);
    assertThat(both.err()).contains("mutually exclusive");
  }

  @Test
  void whatCannotBeDoneIsSaidBeforeAModelIsLoaded() throws IOException {
    assertThat(run("classify", List.of("--labels", "one"), "x").err()).contains("2 to 200 labels");
    assertThat(run("classify", List.of("--labels", "a,a"), "x").err()).contains("different labels");
    assertThat(classify("--out", "o.csv", "x").err()).contains("--out");
    // A name that is mistyped is no text.
    assertThat(classify("missing.csv").err()).contains("missing.csv: no such file");
    String rows = file("rows.csv", "text\nx\n");
    assertThat(classify(rows, "--out", folder.toString()).err()).contains("is a folder");
    assertThat(classify(rows, "--out", folder.resolve("none/out.csv").toString()).err())
        .contains("none: no such folder");
    Files.write(folder.resolve("latin.txt"), new byte[] {'n', (byte) 0xE9});
    assertThat(classify(folder.resolve("latin.txt").toString()).err())
        .contains("latin.txt is not UTF-8");
    assertThat(classify(file("list.jsonl", "[1]\n")).err())
        .contains("list.jsonl, row 1: is no object of JSON");
    assertThat(classify(file("null.jsonl", "{\"text\":\"x\"}\nnull\n")).err())
        .contains("null.jsonl, row 2: is no object of JSON");
    assertThat(classify(file("two.jsonl", "{\"text\":\"x\"}{\"text\":\"y\"}\n")).err())
        .contains("two.jsonl, row 1: ")
        .doesNotContain("is no object");
    String schema = file("bad.json", "{\"properties\": {\"a\": {\"uniqueItems\": true}}}");
    CommandRun run = run("extract", List.of("--schema", schema), "--json", "x");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .contains("generation.schema-unsupported", "uniqueItems", "#/properties/a");
    assertThat(
            run("extract", List.of("--model", MODEL, "--schema", file("s.json", SCHEMA)), "x")
                .err())
        .contains("no tokens for a text of the JSON schema");
    assertThat(run("extract", List.of("--schema", folder.resolve("none").toString()), "x").err())
        .contains("no such file");
  }

  @Test
  @Tag("real-data")
  void aReleasedModelFindsWhatIsPlainlyThere() throws IOException {
    String model = TestData.model("SmolLM2-135M-Instruct.Q4_1.gguf").toString();
    List<String> options = List.of("--model", model, "--labels", "positive,negative");
    assertThat(run("classify", options, "I love this kettle, it boils in a minute.").out())
        .startsWith("positive");
    String schema =
        file(
            "person.json",
            """
            {"type": "object", "required": ["name", "profession"], "properties": {
              "name": {"type": "string", "minLength": 2, "maxLength": 60},
              "profession": {"enum": ["mathematician", "painter", "composer"]}}}
            """);
    String text = "Claude Monet, who was born in Paris, was a French painter.";
    JsonNode answer =
        json(run("extract", List.of("--model", model, "--schema", schema), "--json", text).out());
    assertThat(answer.get("extracted").toString())
        .isEqualTo("{\"name\":\"Claude Monet\",\"profession\":\"painter\"}");
    // The punctuation and the names of the members were not asked for.
    assertThat(answer.get("steps").asInt()).isLessThan(answer.get("tokens").asInt() - 4);
  }
}
