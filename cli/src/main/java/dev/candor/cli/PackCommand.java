package dev.candor.cli;

import dev.candor.cli.store.ModelStore;
import dev.candor.cli.store.StoredModel;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** Packs the weights of a model that is there already. */
@CommandLine.Command(
    name = "pack",
    description = {
      "Lays the quantised weights of a model out in the order in which they are computed with, as"
          + " 'candor models add' does with a new one: it decodes faster and answers the same to"
          + " the bit. The packed file takes the place of the one that came."
    },
    footer = {"", "Example:", "  candor models pack smollm2"})
final class PackCommand extends Command {

  @Parameters(arity = "1", paramLabel = "NAME", description = "A name from 'models list'.")
  String name = "";

  PackCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    StoredModel model;
    try (ProgressLine progress = new ProgressLine(streams)) {
      model = ModelStore.ofUser().pack(name, progress);
    }
    if (json) {
      printJson(ModelsCommand.members(model));
    } else {
      streams
          .out()
          .println(
              model.packed()
                  ? name + " is packed: " + ByteCount.text(model.sizeBytes()) + "."
                  : name + " has nothing that can be packed; it stays as it is.");
    }
    return OK;
  }
}
