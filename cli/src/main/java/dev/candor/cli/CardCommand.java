package dev.candor.cli;

import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.provenance.documents.Document;
import dev.candor.governance.provenance.documents.DocumentCheck;
import dev.candor.governance.provenance.documents.DocumentFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the model card of a model. */
@CommandLine.Command(
    name = "card",
    description = {
      "Writes the card of a model: what is known of it under the nine headings of model cards and"
          + " the eight of E-23. What its files, the store and its evidence say is filled in; what"
          + " only people know comes from --answers, or from card.yaml beside the model. The rest"
          + " is UNKNOWN.",
      "",
      "The form follows the file's name: .md with the head of Hugging Face, .yaml or .json. As"
          + " evidence a card passes if every heading says something, and is insufficient where"
          + " nothing is known of one."
    },
    footer = {
      "",
      "Examples:",
      "  candor card candor-mini",
      "  candor card candor-mini --out answers.yaml",
      "  candor card candor-mini --answers answers.yaml --out README.md --record",
      "  candor card check README.md"
    })
final class CardCommand extends Command {

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "A name from 'candor models list', or a file or folder.")
  @Nullable String model;

  @Option(
      names = "--answers",
      paramLabel = "FILE",
      description = "What people have written: YAML or JSON of the form that --out writes.")
  @Nullable Path answers;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to (default: Markdown to standard output). Must not exist.")
  @Nullable Path out;

  @Mixin EvidenceArguments evidence = new EvidenceArguments();

  CardCommand(Streams streams) {
    super(streams);
  }

  /** With check. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new CardCommand(streams))
        .addSubcommand("check", new CardCheckCommand(streams));
  }

  @Override
  public Integer call() {
    if (model == null) {
      throw usage("say which model: candor card MODEL, or candor card check FILE");
    }
    if (out != null) {
      NewFile.require(out);
    }
    Document card =
        ModelDossier.of(SignableModel.find(streams, model))
            .card(streams, Optional.ofNullable(answers));
    DocumentCheck check = DocumentCheck.of(card);
    OptionalLong entry =
        evidence.record(
            streams,
            model,
            EvidenceKind.CARD,
            WrittenDocument.verdict(check),
            DocumentFile.json(card));
    WrittenDocument.report(streams, card, check, Optional.ofNullable(out), entry, json);
    return OK;
  }
}
