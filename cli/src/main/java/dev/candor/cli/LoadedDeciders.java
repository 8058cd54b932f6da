package dev.candor.cli;

import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.engine.models.Adapter;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.decisions.Replay;
import dev.candor.ledger.entries.DecisionStarted;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens each model once, by the name that the record has, and what was given beside it. */
final class LoadedDeciders implements Replay.Deciders, AutoCloseable {

  private final Streams streams;
  private final ModelArguments model;
  private final AdapterArguments adapter;
  private final Optional<Path> headFolder;
  private final boolean all;
  private final Map<String, LoadedModel> models = new LinkedHashMap<>();
  private final Map<String, Adapter> adapters = new LinkedHashMap<>();
  private @Nullable SoftmaxHead head;

  /**
   * @param model in the place of what records name, if it names one
   * @param all whether what was given serves only the decisions that name it by its digest
   */
  LoadedDeciders(
      Streams streams,
      ModelArguments model,
      AdapterArguments adapter,
      Optional<Path> headFolder,
      boolean all) {
    this.streams = streams;
    this.model = model;
    this.adapter = adapter;
    this.headFolder = headFolder;
    this.all = all;
  }

  @Override
  public ModelIdentity model(DecisionStarted started) {
    String name = model.model == null ? started.modelName() : model.model;
    LoadedModel loaded = models.get(name);
    if (loaded == null) {
      ModelArguments named = new ModelArguments();
      named.model = name;
      named.compute = model.compute;
      loaded = named.load(streams, new AdapterArguments());
      models.put(name, loaded);
    }
    return new ModelIdentity(loaded.name(), loaded.language(), adapter(started, name, loaded));
  }

  /** Of many decisions some have computed with it; of a single one it is what was asked for. */
  private Adapter adapter(DecisionStarted started, String name, LoadedModel loaded) {
    if (started.adapter().isEmpty() && (all || adapter.adapter == null)) {
      return Adapter.NONE;
    }
    if (adapter.adapter == null) {
      throw new CommandException(
          "replay.no-adapter",
          "an adapter decided this too, sha256 " + started.adapter().orElse("unknown"),
          "Say where it is (--adapter DIR).");
    }
    Adapter given = adapters.get(name);
    if (given == null) {
      given = loaded.with(streams, adapter.read(streams).orElseThrow()).adapter();
      adapters.put(name, given);
    }
    if (all && !given.digest().equals(started.adapter())) {
      throw another("adapter", started.adapter());
    }
    return given;
  }

  @Override
  public SoftmaxHead head(DecisionStarted started) {
    SoftmaxHead given = head;
    if (given == null) {
      given =
          SoftmaxHead.read(
              headFolder.orElseThrow(() ->
                  new CommandException(
                      "replay.no-head",
                      "a head decided this, sha256 " + started.head().orElse("unknown"),
                      "Say where it is (--head DIR).")));
      head = given;
    }
    if (all && !started.head().equals(Optional.of(given.digest()))) {
      throw another("head", started.head());
    }
    return given;
  }

  private static CommandException another(String what, Optional<String> digest) {
    return new CommandException(
        "replay.another-" + what,
        "another " + what + " decided this, sha256 " + digest.orElse("unknown"),
        "Replay with that one too (--" + what + " DIR).");
  }

  @Override
  public void close() {
    List.copyOf(models.values()).forEach(LoadedModel::close);
  }
}
