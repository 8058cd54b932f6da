package dev.candor.cli;

import dev.candor.cli.store.DefaultModel;
import dev.candor.cli.store.EmbeddedModel;
import dev.candor.cli.store.ModelStore;
import dev.candor.cli.store.Progress;
import dev.candor.cli.store.StoredModel;
import dev.candor.engine.adapters.AdapterFolder;
import dev.candor.engine.generation.ChatFormat;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.models.Adapter;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import dev.candor.engine.weights.MemoryBudget;
import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import dev.candor.governance.loading.LoadCandidate;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model that a command has opened.
 *
 * @param found how it was found
 * @param budget what its weights take, known before they were mapped
 * @param adapter what its sessions compute with besides its weights
 * @param loadMillis how long opening took
 * @param clearance whether it may be used to decide, if it was opened for that
 */
record LoadedModel(
    Found found,
    LanguageModel language,
    MemoryBudget budget,
    Adapter adapter,
    double loadMillis,
    Optional<LoadClearance> clearance)
    implements AutoCloseable {

  /**
   * A model before it is opened.
   *
   * @param name as the user calls it
   * @param weights a file, or the folder of a checkpoint
   * @param digest SHA-256 of the weights, if the store has verified it
   */
  record Found(String name, Path weights, Optional<String> digest) {}

  /** As the user calls it. */
  String name() {
    return found.name();
  }

  /**
   * Finds a model by its name in the store, or by its path.
   *
   * @param model null for the default model: that of the store, or the embedded one if the store is
   *     empty
   */
  static Found resolve(Streams streams, @Nullable String model) {
    ModelStore store = ModelStore.ofUser();
    Optional<Path> embedded = EmbeddedModel.weights();
    if (model == null && embedded.isPresent() && store.list().isEmpty()) {
      return embedded(embedded.get());
    }
    if (model == null) {
      return fetched(streams, DefaultModel.of(store)::ensure);
    }
    Optional<StoredModel> stored = store.find(model);
    if (stored.isPresent()) {
      return found(stored.get());
    }
    if (model.equals(EmbeddedModel.NAME) && embedded.isPresent()) {
      return embedded(embedded.get());
    }
    if (model.equals(DefaultModel.NAME)) {
      return fetched(streams, DefaultModel.of(store)::byName);
    }
    Optional<Path> path = path(model);
    if (path.isPresent()) {
      return new Found(String.valueOf(path.get().getFileName()), path.get(), Optional.empty());
    }
    if (model.contains("/") || model.endsWith(".gguf")) {
      throw new CommandException(
          "file.missing", model + ": no such file or folder", "Check the path.");
    }
    return found(store.require(model));
  }

  /** Finds and opens a model. */
  static LoadedModel load(Streams streams, Optional<String> model, LoadOptions options) {
    return load(streams, model, _ -> options);
  }

  /**
   * Finds and opens a model.
   *
   * @param choice gives the options for the bytes of its weights
   */
  static LoadedModel load(
      Streams streams, Optional<String> model, LongFunction<LoadOptions> choice) {
    Found found = resolve(streams, model.orElse(null));
    long started = System.nanoTime();
    MemoryBudget budget = MemoryBudget.of(found.weights()).requireFits();
    LoadOptions options = choice.apply(budget.weightBytes());
    try (ProgressLine progress = new ProgressLine(streams)) {
      progress.draw("opening " + found.name());
      LanguageModel language =
          LanguageModel.open(
              found.weights(), found.digest().map(options::withDigest).orElse(options));
      double millis = (System.nanoTime() - started) / 1e6;
      return new LoadedModel(found, language, budget, Adapter.NONE, millis, Optional.empty());
    }
  }

  /** The same with an adapter. */
  LoadedModel with(Streams streams, AdapterFolder folder) {
    long started = System.nanoTime();
    try (ProgressLine progress = new ProgressLine(streams)) {
      progress.draw("loading the adapter for " + name());
      Adapter loaded = folder.adapter(language);
      double millis = loadMillis + (System.nanoTime() - started) / 1e6;
      return new LoadedModel(found, language, budget, loaded, millis, clearance);
    }
  }

  /**
   * What the loader asks about.
   *
   * @param head SHA-256 of the head that decides, if one does
   */
  LoadCandidate candidate(Optional<String> head) {
    return new LoadCandidate(
        name(), language, Stream.concat(adapter.digest().stream(), head.stream()).toList());
  }

  /**
   * The same to decide with: the loader begins to ask for the evidence.
   *
   * @param head SHA-256 of the head that decides, if one does
   */
  LoadedModel toDecide(
      Streams streams, Governance governance, Principal principal, Optional<String> head) {
    return new LoadedModel(
        found,
        language,
        budget,
        adapter,
        loadMillis,
        Optional.of(new LoadClearance(streams, governance, principal, candidate(head))));
  }

  /**
   * Goes on only if it may be used to decide.
   *
   * @throws dev.candor.governance.GovernanceException {@code governance.load-refused}
   */
  void requireCleared() {
    clearance.ifPresent(LoadClearance::require);
  }

  /** A session, after having said what memory it takes. */
  Session newSession(Streams streams, SessionOptions options, boolean silent) {
    tellMemory(streams, options, silent);
    return language.newSession(options);
  }

  /** Says what memory a session takes, and what packing would give. */
  void tellMemory(Streams streams, SessionOptions options, boolean silent) {
    MemoryLine.require(
        streams,
        budget,
        language.sessionBytes(options),
        Math.addExact(language.workingBytes(options), adapter.bytes()),
        options.contextTokens(),
        silent);
    PackingAdvice.print(streams, found, language.kernels(), language.packableBytes(), silent);
  }

  /** The tokens of a conversation that asks for an answer, as the model's template writes it. */
  int[] prompt(Optional<String> system, List<ChatMessage> messages) {
    List<ChatMessage> all = new ArrayList<>();
    system.ifPresent(text -> all.add(ChatMessage.of("system", text)));
    all.addAll(messages);
    ChatFormat format =
        language
            .chatFormat()
            .orElseThrow(() ->
                new CommandException(
                    "model.no-chat-template",
                    name() + " has no chat template: it was not made for conversations",
                    "Let it go on from a text: candor ask --raw \"The capital of France is\"."));
    return format.tokens(ChatRequest.of(all));
  }

  @Override
  public void close() {
    clearance.ifPresent(LoadClearance::settle);
    language.close();
  }

  private static Found embedded(Path weights) {
    return new Found(EmbeddedModel.NAME, weights, Optional.empty());
  }

  private static Found fetched(Streams streams, Function<Progress, StoredModel> fetch) {
    try (ProgressLine progress = new ProgressLine(streams)) {
      return found(fetch.apply(progress));
    }
  }

  private static Found found(StoredModel model) {
    return new Found(model.name(), model.weights(), Optional.of(model.digest()));
  }

  private static Optional<Path> path(String text) {
    try {
      return Optional.of(Path.of(text)).filter(Files::exists);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
