package dev.candor.cli;

import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.provenance.documents.Document;
import dev.candor.governance.provenance.materials.ModelBom;
import dev.candor.governance.provenance.materials.ModelMaterials;
import dev.candor.training.data.DataSet;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the bill of materials of a model. */
@CommandLine.Command(
    name = "bom",
    description = {
      "Writes the bill of materials of a model: CycloneDX 1.7, with the model and its card, its"
          + " files, the data sets it learnt from, and every library of the program that computes"
          + " it, each with its digest. What nobody knows is UNKNOWN.",
      "",
      "The bill is JSON with and without --json."
    },
    footer = {
      "",
      "Examples:",
      "  candor bom candor-mini",
      "  candor bom triage-1 --data tickets --out triage-1.cdx.json",
      "  candor bom candor-mini --out candor-mini.cdx.json --record"
    })
final class BomCommand extends Command {

  @Parameters(
      arity = "1",
      paramLabel = "MODEL",
      description = "A name from 'candor models list', or a file or folder.")
  String model = "";

  @Option(
      names = "--answers",
      paramLabel = "FILE",
      description = "What people have written of the model, as of 'candor card'.")
  @Nullable Path answers;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "A data set that it learnt from; several with the option again.")
  List<Path> data = List.of();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to (default: standard output). Must not exist.")
  @Nullable Path out;

  @Mixin EvidenceArguments evidence = new EvidenceArguments();

  BomCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (out != null) {
      NewFile.require(out);
    }
    List<ModelMaterials.DataSetMaterial> sets =
        data.stream().map(DataSet::inspect).map(DataSetDossier::material).toList();
    ModelDossier dossier = ModelDossier.of(SignableModel.find(streams, model));
    Document card = dossier.card(streams, Optional.ofNullable(answers));
    byte[] bom = ModelBom.json(dossier.materials(card, sets), Instant.now());
    if (out == null) {
      streams.out().println(new String(bom, StandardCharsets.UTF_8));
    } else {
      NewFile.write(out, bom);
      streams.err().println(out + " is written.");
    }
    evidence
        .record(streams, model, EvidenceKind.BOM, Verdict.PASS, bom)
        .ifPresent(index -> streams.err().println("Entry " + index + " of the ledger records it."));
    return OK;
  }
}
