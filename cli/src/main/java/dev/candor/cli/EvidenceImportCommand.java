package dev.candor.cli;

import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Evidence came with a model. */
@CommandLine.Command(
    name = "import",
    description = {
      "Records the model's record and the evidence of a folder that 'candor evidence export' wrote, in"
          + " the name of whoever brings it in, who answers for it here. If it is about another model,"
          + " tokenizer, template or policy than what is here, nothing is recorded."
    },
    footer = {"", "Example:", "  candor evidence import models/candor-mini/evidence"})
final class EvidenceImportCommand extends Command {

  @Parameters(paramLabel = "DIR", description = "The folder.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before call()
  Path folder;

  @Mixin ActorArguments actor = new ActorArguments();

  EvidenceImportCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    return new EvidenceImport(streams, json).from(folder, actor.principal());
  }
}
