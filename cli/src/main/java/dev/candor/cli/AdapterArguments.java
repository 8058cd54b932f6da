package dev.candor.cli;

import dev.candor.engine.adapters.AdapterFolder;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says with which adapter a model runs. */
final class AdapterArguments {

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "Compute with a LoRA adapter: the folder that training, or PEFT, has written.")
  @Nullable Path adapter;

  /** The adapter, if one was asked for; says what cannot be checked. */
  Optional<AdapterFolder> read(Streams streams) {
    Optional<AdapterFolder> folder = Optional.ofNullable(adapter).map(AdapterFolder::read);
    folder.flatMap(AdapterFolder::warning).ifPresent(streams.err()::println);
    return folder;
  }
}
