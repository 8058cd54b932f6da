package dev.candor.cli;

import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.provenance.documents.Document;
import dev.candor.governance.provenance.documents.DocumentCheck;
import dev.candor.governance.provenance.documents.DocumentFile;
import dev.candor.governance.provenance.documents.DocumentTemplate;
import dev.candor.training.data.DataSet;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the datasheet of a data set. */
@CommandLine.Command(
    name = "datasheet",
    description = {
      "Writes the datasheet of a data set under the seven headings of datasheets for data sets:"
          + " what its manifest says, what people have written in --answers, and UNKNOWN for the"
          + " rest.",
      "",
      "With --model it is recorded as evidence about the model that learnt from it."
    },
    footer = {
      "",
      "Examples:",
      "  candor datasheet tickets",
      "  candor datasheet tickets --answers tickets.yaml --out DATASHEET.md",
      "  candor datasheet tickets --answers tickets.yaml --model triage-1 --record",
      "  candor datasheet models/candor-mini/datasheet.yaml"
    })
final class DatasheetCommand extends Command {

  @Parameters(
      arity = "1",
      paramLabel = "PATH",
      description =
          "The folder of the set, its file with the rows, or a .yaml file with a datasheet.")
  Path path = Path.of("");

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

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description = "The model that learnt from it, for --record.")
  @Nullable String model;

  @Mixin EvidenceArguments evidence = new EvidenceArguments();

  DatasheetCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (evidence.record && model == null) {
      throw usage("--record needs --model: the model that learnt from the set");
    }
    if (out != null) {
      NewFile.require(out);
    }
    Document sheet =
        path.toString().endsWith(".yaml")
            ? DocumentFile.parse(TextFile.bytes(path))
            : DataSetDossier.datasheet(DataSet.inspect(path));
    if (!sheet.template().equals(DocumentTemplate.DATASHEET)) {
      throw usage(path + " is a " + sheet.template().key() + ", not a datasheet");
    }
    if (answers != null) {
      sheet = sheet.with(DocumentFile.parse(TextFile.bytes(answers)));
    }
    DocumentCheck check = DocumentCheck.of(sheet);
    OptionalLong entry =
        model == null
            ? OptionalLong.empty()
            : evidence.record(
                streams,
                model,
                EvidenceKind.DATASHEET,
                WrittenDocument.verdict(check),
                DocumentFile.json(sheet));
    WrittenDocument.report(streams, sheet, check, Optional.ofNullable(out), entry, json);
    return OK;
  }
}
