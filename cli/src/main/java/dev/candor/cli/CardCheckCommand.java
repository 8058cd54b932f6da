package dev.candor.cli;

import dev.candor.governance.provenance.documents.DocumentCheck;
import dev.candor.governance.provenance.documents.DocumentCheck.State;
import dev.candor.governance.provenance.documents.DocumentFile;
import dev.candor.governance.provenance.documents.DocumentTemplate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds headings of a card or a datasheet that are empty or missing. */
@CommandLine.Command(
    name = "check",
    description = {
      "Looks whether a card or datasheet says something under every heading. A heading that is"
          + " missing or empty fails; UNKNOWN is an answer, and is counted.",
      "",
      "The exit code is 1 if a heading is missing or empty."
    },
    footer = {
      "",
      "Examples:",
      "  candor card check README.md",
      "  candor card check tickets.yaml --json",
      "  candor card check tickets.md --template datasheet"
    })
final class CardCheckCommand extends Command {

  @Parameters(arity = "1", paramLabel = "FILE", description = "Markdown, YAML or JSON.")
  Path file = Path.of("");

  @Option(
      names = "--template",
      paramLabel = "NAME",
      defaultValue = "model-card",
      description =
          "Of Markdown: model-card or datasheet (default: ${DEFAULT-VALUE}). Other files say it"
              + " themselves.")
  String template = "model-card";

  CardCheckCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    byte[] bytes = TextFile.bytes(file);
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    DocumentCheck check =
        name.matches(".*\\.(yaml|yml|json)")
            ? DocumentCheck.of(DocumentFile.parse(bytes))
            : DocumentCheck.ofMarkdown(
                DocumentTemplate.of(template), new String(bytes, StandardCharsets.UTF_8));
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("template", check.template().key());
      members.put("complete", check.isComplete());
      members.put("missing", check.titles(State.MISSING));
      members.put("empty", check.titles(State.EMPTY));
      members.put("nothingKnown", check.titles(State.UNKNOWN));
      members.put("unknown", check.unknown());
      printJson(members);
    } else {
      streams
          .out()
          .printf(
              "%s: %d of %d headings say something.%n",
              file, check.titles(State.ANSWERED).size(), check.states().size());
      WrittenDocument.tell(streams, check);
    }
    return check.isComplete() ? OK : FAILED;
  }
}
