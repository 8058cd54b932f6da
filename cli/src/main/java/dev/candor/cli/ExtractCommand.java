package dev.candor.cli;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.governance.decisions.DecisionOutput;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.TokenIds;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON of a schema, filled from a text. */
@CommandLine.Command(
    name = "extract",
    description = {
      "Extracts from a text what a JSON schema describes. What comes out always validates against"
          + " the schema; docs/reference/output-constraints.md lists the keywords."
    },
    footer = {
      "",
      "Examples:",
      "  candor extract --schema person.json \"Ada Lovelace, born 1815, mathematician\"",
      "  candor extract --schema invoice.json invoice.txt --json",
      "  candor extract --schema ticket.json tickets.jsonl --out extracted.jsonl"
    })
final class ExtractCommand extends TextCommand {

  @Option(
      names = {"-s", "--schema"},
      required = true,
      paramLabel = "FILE",
      description = "The JSON schema (2020-12).")
  Path schemaFile = Path.of("");

  private String schema = "";
  private @Nullable Constraint constraint;

  ExtractCommand(Streams streams) {
    super(streams);
  }

  @Override
  void check() {
    schema = TextFile.read(schemaFile);
    constraint = Constraint.jsonSchema(schema);
  }

  @Override
  DecisionTask task(TextTask task, String text) {
    Constraint shape = constraint;
    if (shape == null) {
      throw new IllegalStateException("not checked");
    }
    String question =
        (instruction != null
                ? instruction
                : "Extract from the text what this JSON schema asks for.")
            + " Answer with the JSON only.\n\nSchema: "
            + schema.strip()
            + "\n\nText: "
            + text;
    return new DecisionTask.Generate(
        TokenIds.of(task.tokens(question)),
        task.options(),
        GenerationRequest.greedy(maximumTokens).within(shape),
        task.thinking());
  }

  @Override
  Map<String, Object> answer(DecisionOutput output) {
    Map<String, Object> members = new LinkedHashMap<>();
    JsonNode extracted = JsonMapper.shared().readTree(output.text());
    members.put("extracted", isTable() ? extracted.toString() : extracted);
    if (isSingle()) {
      output.answer().ifPresent(answer -> members.put("promptTokens", answer.promptTokens()));
      members.put("tokens", output.tokens().size() - output.thoughts());
      members.put("steps", output.steps());
    }
    return members;
  }

  @Override
  String describe(Map<String, Object> answer) {
    return String.valueOf(answer.get("extracted"));
  }
}
