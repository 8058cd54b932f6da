package dev.candor.cli;

import dev.candor.engine.adapters.AdapterFolder;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which model runs, and how. */
final class ModelArguments {

  /** The context of a session if nothing is said: enough for a question and a long answer. */
  static final int USUAL_CONTEXT = 4096;

  /** How keys and values may be kept. */
  enum CacheFormat {
    F16(BlockFormat.F16),
    F32(BlockFormat.F32),
    Q8_0(BlockFormat.Q8_0);

    final BlockFormat format;

    CacheFormat(BlockFormat format) {
      this.format = format;
    }
  }

  @Option(
      names = {"-m", "--model"},
      paramLabel = "NAME|PATH",
      description =
          "A name from 'candor models list', or a file or folder (default: SmolLM2 or the only one"
              + " there is; without any, the embedded candor-mini).")
  @Nullable String model;

  @Option(
      names = "--context",
      paramLabel = "TOKENS",
      description = "Room for prompt and answers (default: what they need, at least 4096).")
  @Nullable Integer context;

  @Option(
      names = "--cache-format",
      paramLabel = "F16|F32|Q8_0",
      defaultValue = "F16",
      description =
          "How keys and values are kept (default: F16). F32 doubles their memory, Q8_0 halves it.")
  CacheFormat cacheFormat = CacheFormat.F16;

  @Mixin ComputeArguments compute = new ComputeArguments();

  /** Of a model by its name or path, and nothing else said. */
  static ModelArguments named(String model) {
    ModelArguments arguments = new ModelArguments();
    arguments.model = model;
    return arguments;
  }

  /** Loads the model. */
  LoadedModel load(Streams streams) {
    return LoadedModel.load(streams, Optional.ofNullable(model), compute::optionsFor);
  }

  /** Loads the model, and an adapter for it. */
  LoadedModel load(Streams streams, AdapterArguments adapter) {
    // A folder that cannot be used is told before the model is opened.
    Optional<AdapterFolder> folder = adapter.read(streams);
    LoadedModel loaded = load(streams);
    try {
      return folder.map(it -> loaded.with(streams, it)).orElse(loaded);
    } catch (RuntimeException | Error e) {
      loaded.close();
      throw e;
    }
  }

  /**
   * The same to decide with: the loader begins to ask for the evidence.
   *
   * @param head SHA-256 of the head that decides, if one does
   */
  LoadedModel loadToDecide(
      Streams streams,
      Governance governance,
      Principal principal,
      AdapterArguments adapter,
      Optional<String> head) {
    return load(streams, adapter).toDecide(streams, governance, principal, head);
  }

  /** The context for a prompt of known length and its answer. */
  int contextFor(LanguageModel language, int promptTokens, int answerTokens) {
    if (context != null) {
      return context;
    }
    long wanted = Math.max(USUAL_CONTEXT, (long) promptTokens + answerTokens);
    return (int) Math.min(wanted, language.model().contextLength());
  }

  /** The context of a conversation. */
  int contextOf(LanguageModel language) {
    return contextFor(language, 0, 0);
  }

  /** The session for such a context, without an adapter. */
  SessionOptions session(int contextTokens) {
    return new SessionOptions(contextTokens, cacheFormat.format);
  }

  /** The session for such a context, with the adapter that was loaded. */
  SessionOptions session(LoadedModel loaded, int contextTokens) {
    return session(contextTokens).with(loaded.adapter());
  }
}
