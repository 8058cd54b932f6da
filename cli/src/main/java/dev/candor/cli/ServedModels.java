package dev.candor.cli;

import dev.candor.cli.store.ModelStore;
import dev.candor.cli.store.StoredModel;
import dev.candor.engine.EngineException;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.Adapter;
import dev.candor.engine.weights.MemoryBudget;
import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.loading.LoadCandidate;
import dev.candor.server.ServerLimits;
import dev.candor.server.models.ModelSource;
import dev.candor.server.models.ServedModel;
import dev.candor.server.prefixes.PrefixRoom;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The models that {@code candor serve} was asked to serve, from the store or from files. */
final class ServedModels implements ModelSource {

  /**
   * The room for requests.
   *
   * @param contextTokens longest context of a request
   * @param isExact whether a model that was made for less is an error
   * @param cacheFormat how keys and values are kept
   * @param parallel sequences at once; empty for as many as the memory has room for
   */
  record Room(
      int contextTokens, boolean isExact, BlockFormat cacheFormat, Optional<Integer> parallel) {}

  private final Streams streams;
  private final ComputeArguments compute;
  private final Room room;
  private final Map<String, LoadedModel.Found> found = new LinkedHashMap<>();
  private final List<Offer> offers = new ArrayList<>();
  private volatile int parallel;
  private PrefixRoom prefixes = PrefixRoom.NONE;
  private Optional<Function<LoadCandidate, LoadClearance>> gate = Optional.empty();

  /**
   * @param names as the command line has them; none for all of the store
   */
  ServedModels(Streams streams, List<String> names, ComputeArguments compute, Room room) {
    this.streams = streams;
    this.compute = compute;
    this.room = room;
    this.parallel = room.parallel().orElse(ServerLimits.USUAL.parallel());
    List<String> wanted = new ArrayList<>(names);
    if (wanted.isEmpty()) {
      LoadedModel.Found usual = LoadedModel.resolve(streams, null);
      found.put(usual.name(), usual);
      wanted.addAll(ModelStore.ofUser().list().stream().map(StoredModel::name).toList());
    }
    for (String name : wanted) {
      LoadedModel.Found each = LoadedModel.resolve(streams, name);
      found.putIfAbsent(each.name(), each);
    }
    found.values().forEach(each -> offers.add(offer(each)));
  }

  private static Offer offer(LoadedModel.Found each) {
    try {
      return new Offer(
          each.name(),
          Files.getLastModifiedTime(each.weights()).toMillis() / 1_000,
          MemoryBudget.of(each.weights()).weightBytes(),
          each.digest().orElse(""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lets the loader ask for evidence about each model before it is used.
   *
   * @param by who serves
   */
  void askFor(Governance governance, Principal by) {
    gate = Optional.of(candidate -> new LoadClearance(streams, governance, by, candidate));
  }

  /** Lets the models remember conversations. */
  void rememberIn(PrefixRoom room) {
    prefixes = room;
  }

  @Override
  public PrefixRoom prefixes() {
    return prefixes;
  }

  @Override
  public List<Offer> offers() {
    return List.copyOf(offers);
  }

  /** How many sequences there is room for at once. */
  int parallel() {
    return parallel;
  }

  @Override
  public ServedModel open(String name) {
    LoadedModel.Found model = found.get(name);
    if (model == null) {
      throw new IllegalArgumentException(name);
    }
    MemoryBudget budget = MemoryBudget.of(model.weights()).requireFits();
    LoadOptions options = compute.optionsFor(budget.weightBytes());
    LanguageModel language =
        LanguageModel.open(model.weights(), model.digest().map(options::withDigest).orElse(options))
            .batched();
    try {
      gate.ifPresent(it -> it.apply(new LoadCandidate(name, language, List.of())).require());
      int longest = language.model().contextLength();
      int tokens = room.isExact() ? room.contextTokens() : Math.min(room.contextTokens(), longest);
      SessionOptions session = new SessionOptions(tokens, room.cacheFormat());
      parallel = Math.min(parallel, places(budget, language, session));
      // Computed here, and not while somebody waits for an answer.
      var unused = language.digest();
      return new ServedModel(
          new ModelIdentity(name, language, Adapter.NONE), session, budget.weightBytes(), prefixes);
    } catch (RuntimeException | Error e) {
      language.close();
      throw e;
    }
  }

  /** How many sequences fit; says so if they are fewer than usual. */
  private int places(MemoryBudget budget, LanguageModel language, SessionOptions session) {
    int wanted = parallel;
    while (true) {
      try {
        MemoryLine.require(
            streams,
            budget,
            Math.multiplyExact(wanted, language.sessionBytes(session)),
            language.workingBytes(session),
            session.contextTokens(),
            true);
        if (wanted < parallel) {
          streams
              .err()
              .println("There is memory for " + wanted + " answers at once, not " + parallel + ".");
        }
        return wanted;
      } catch (EngineException e) {
        if (room.parallel().isPresent() || wanted == 1) {
          throw e;
        }
        wanted /= 2;
      }
    }
  }
}
