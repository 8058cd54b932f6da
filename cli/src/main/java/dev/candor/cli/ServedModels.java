package dev.candor.cli;

import dev.candor.cli.store.ModelStore;
import dev.candor.cli.store.StoredModel;
import dev.candor.engine.EngineException;
import dev.candor.engine.adapters.AdapterFolder;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** The models that {@code candor serve} was asked to serve, from the store or from files. */
final class ServedModels implements ModelSource {

  /**
   * The room for requests.
   *
   * @param contextTokens longest context of a request
   * @param isExact whether a model that was made for less is an error
   * @param cacheFormat how keys and values are kept
   * @param parallel sequences at once; empty for as many as the memory has room for
   * @param prefixBytes most bytes of what each model remembers of conversations
   */
  record Room(
      int contextTokens,
      boolean isExact,
      BlockFormat cacheFormat,
      Optional<Integer> parallel,
      long prefixBytes) {}

  /** An adapter, and the name of what it computes beside. */
  private record Beside(String base, AdapterFolder folder) {}

  private final Streams streams;
  private final ComputeArguments compute;
  private final Room room;
  private final Map<String, LoadedModel.Found> found = new LinkedHashMap<>();
  private final Map<String, Beside> adapters = new LinkedHashMap<>();
  private final List<Offer> offers = new ArrayList<>();
  private final Map<String, Integer> places = new ConcurrentHashMap<>();
  private Optional<Function<LoadCandidate, LoadClearance>> gate = Optional.empty();

  /**
   * @param names as the command line has them; none for all of the store
   */
  ServedModels(Streams streams, List<String> names, ComputeArguments compute, Room room) {
    this.streams = streams;
    this.compute = compute;
    this.room = room;
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
   * Serves an adapter beside a model, by the names of both with a colon between.
   *
   * @param words a folder, which belongs to the first model, or MODEL=FOLDER
   */
  void serveBeside(String words) {
    String base = offers.getFirst().name();
    String path = words;
    int sign = words.indexOf('=');
    if (sign > 0 && found.containsKey(words.substring(0, sign))) {
      base = words.substring(0, sign);
      path = words.substring(sign + 1);
    }
    Path place = Path.of(path).toAbsolutePath().normalize();
    AdapterFolder folder = AdapterFolder.read(place);
    folder.warning().ifPresent(streams.err()::println);
    String name = base + ":" + place.getFileName();
    if (adapters.put(name, new Beside(base, folder)) != null) {
      throw new CommandException(
          "serve.adapter-twice",
          "two adapters would be called " + name,
          "Rename the folder of one of them.");
    }
    offers.add(offer(name, place));
  }

  private static Offer offer(String name, Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      long bytes = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
      return new Offer(name, Files.getLastModifiedTime(folder).toMillis() / 1_000, bytes, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<String> baseOf(String name) {
    return Optional.ofNullable(adapters.get(name)).map(Beside::base);
  }

  @Override
  public ServedModel openBeside(String name, ServedModel base) {
    Beside its = adapters.get(name);
    if (its == null) {
      throw new IllegalArgumentException(name);
    }
    Adapter adapter = its.folder().adapter(base.language());
    gate.ifPresent(it ->
        it.apply(new LoadCandidate(name, base.language(), adapter.digest().stream().toList()))
            .require());
    return new ServedModel(
            new ModelIdentity(name, base.language(), adapter),
            base.session(base.contextTokens()).with(adapter),
            adapter.bytes(),
            room.prefixBytes())
        .sharingItsLanguage();
  }

  /**
   * Lets the loader ask for evidence about each model before it is used.
   *
   * @param by who serves
   */
  void askFor(Governance governance, Principal by) {
    gate = Optional.of(candidate -> new LoadClearance(streams, governance, by, candidate));
  }

  @Override
  public List<Offer> offers() {
    return List.copyOf(offers);
  }

  /** How many sequences are computed at once, of all models together. */
  int parallel() {
    return room.parallel().orElse(ServerLimits.USUAL.parallel());
  }

  @Override
  public int places(String name) {
    return places.getOrDefault(name, parallel());
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
      places.put(name, places(name, budget, language, session));
      // Computed here, and not while somebody waits for an answer.
      var unused = language.digest();
      return new ServedModel(
          new ModelIdentity(name, language, Adapter.NONE),
          session,
          budget.weightBytes(),
          room.prefixBytes());
    } catch (RuntimeException | Error e) {
      language.close();
      throw e;
    }
  }

  /** How many sequences fit; says so if they are fewer than usual. */
  private int places(
      String name, MemoryBudget budget, LanguageModel language, SessionOptions session) {
    int wanted = parallel();
    while (true) {
      try {
        MemoryLine.require(
            streams,
            budget,
            Math.multiplyExact(wanted, language.sessionBytes(session)),
            language.workingBytes(session),
            session.contextTokens(),
            true);
        if (wanted < parallel()) {
          streams
              .err()
              .println(
                  "There is memory for "
                      + wanted
                      + " answers of "
                      + name
                      + " at once, not "
                      + parallel()
                      + ".");
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
