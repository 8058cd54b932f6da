package dev.candor.server;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.models.Adapter;
import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceSettings;
import dev.candor.governance.access.ApiKeys;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.keys.PassphraseSource;
import dev.candor.ledger.storage.Ledger;
import dev.candor.server.models.ModelPool;
import dev.candor.server.models.ModelSource;
import dev.candor.server.models.ServedModel;
import dev.candor.server.prefixes.PrefixCounts;
import dev.candor.server.prefixes.PrefixRoom;
import dev.candor.server.prefixes.PrefixStore;
import dev.candor.server.traces.DecisionTraces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A home in a folder of a test, and a server of it with the embedded model. */
public final class ServedHome implements AutoCloseable {

  /** What the model is called. */
  public static final String MODEL = "candor-mini";

  /** What it answers for certain. */
  public static final String QUESTION = "What is 17 + 25 * 2?";

  public static final String ANSWER = "25 * 2 = 50\n17 + 50 = 67\nAnswer: 67";

  private static final long PREFIX_BYTES = 64 << 20;

  private static final Principal ANNA = Principal.of("anna", List.of(Role.values()));

  private final Path folder;
  private final Governance governance;
  private final CandorServer server;
  private final PrefixStore prefixes;
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private final HttpClient client = HttpClient.newHttpClient();

  /** Starts it on the loopback address. */
  public ServedHome(Path folder) {
    this(folder, ServerSettings.loopback(0));
  }

  /** Starts it as the settings say. */
  public ServedHome(Path folder, ServerSettings settings) {
    this(folder, settings, Mini::new, DecisionTraces.NONE);
  }

  /** Starts it with these models. */
  public ServedHome(Path folder, ServerSettings settings, ModelSource models) {
    this(folder, settings, _ -> models, DecisionTraces.NONE);
  }

  /** Starts it with the embedded model, and tells of its decisions. */
  public ServedHome(Path folder, ServerSettings settings, DecisionTraces traces) {
    this(folder, settings, Mini::new, traces);
  }

  private ServedHome(
      Path folder,
      ServerSettings settings,
      Function<PrefixRoom, ModelSource> models,
      DecisionTraces traces) {
    this.folder = folder;
    this.governance = open(folder);
    PrefixCounts counts = new PrefixCounts();
    this.prefixes =
        PrefixStore.open(
            folder.resolve("home/prefixes"),
            governance.vault(),
            PREFIX_BYTES,
            counts,
            InstantSource.system());
    PrefixRoom room = new PrefixRoom(PREFIX_BYTES, Optional.of(prefixes), Optional.empty(), counts);
    ModelPool pool =
        new ModelPool(
            models.apply(room), Long.MAX_VALUE / 2, ModelPool.FOR_EVER, InstantSource.system());
    try {
      this.server = CandorServer.start(settings, governance, pool, "tester", lines::add, traces);
    } catch (RuntimeException e) {
      prefixes.close();
      governance.close();
      throw e;
    }
  }

  /** The embedded model, wherever the module that tests is. */
  static Path weights() {
    return Path.of("..", "models", "candor-mini", "candor-mini.gguf");
  }

  /** Governance of the same home, as another process has it. */
  static Governance open(Path folder) {
    return Governance.open(
        new GovernanceSettings(
            folder.resolve("home"),
            new PassphraseSource(
                folder.resolve("secrets/passphrase"), PassphraseSource.Origin.GENERATED),
            "candor test",
            InstantSource.system()));
  }

  /** Has the embedded model alone. */
  record Mini(PrefixRoom room) implements ModelSource {

    @Override
    public PrefixRoom prefixes() {
      return room;
    }

    @Override
    public List<Offer> offers() {
      try {
        return List.of(new Offer(MODEL, 1, Files.size(weights()), "00"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public ServedModel open(String name) {
      LanguageModel language =
          LanguageModel.open(weights(), LoadOptions.defaults().withThreads(1)).batched();
      return new ServedModel(
          new ModelIdentity(name, language, Adapter.NONE), SessionOptions.ofContext(2048), 1, room);
    }
  }

  /** Makes a key in a home that no server has open, as another process would. */
  public static ApiKeys.Created createKey(Path folder, String holder, Role... roles) {
    try (Governance governance = open(folder)) {
      return new ApiKeys(governance).create(ANNA, holder, List.of(roles), Optional.empty());
    }
  }

  /** Takes one back. */
  public static void revokeKey(Path folder, String id) {
    try (Governance governance = open(folder)) {
      new ApiKeys(governance).revoke(ANNA, id);
    }
  }

  /** On the loopback address, where each caller may have so many tokens a minute. */
  public static ServerSettings settings(long tokensPerMinute) {
    return new ServerSettings(
        "127.0.0.1",
        0,
        Optional.empty(),
        List.of(),
        List.of(),
        new ServerLimits(4, 16, 1 << 20, 64, tokensPerMinute, 0, Duration.ofSeconds(20)));
  }

  /** The base URL of clients of OpenAI. */
  public String url() {
    return server.url() + "/v1";
  }

  /** Where a path is. */
  public URI at(String path) {
    return URI.create(server.url() + path);
  }

  CandorServer server() {
    return server;
  }

  /** What conversations have left on the disk. */
  public PrefixStore prefixes() {
    return prefixes;
  }

  /** Governance of the same home. */
  public Governance governance() {
    return governance;
  }

  /** Asks with a body, or without one. */
  public HttpResponse<String> ask(String path, Optional<String> body, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(at(path)).timeout(Duration.ofMinutes(2));
    if (headers.length > 0) {
      request.headers(headers);
    }
    body.ifPresentOrElse(
        text -> request.POST(HttpRequest.BodyPublishers.ofString(text)), request::GET);
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Posts a body, in which ' stands for ". */
  public HttpResponse<String> post(String path, String body, String... headers) {
    return ask(path, Optional.of(body.replace('\'', '"')), headers);
  }

  /** A chat of one question; the rest of the body follows it. */
  public static String chat(String question, String rest) {
    return "{'model': '"
        + MODEL
        + "', 'messages': [{'role': 'user', 'content': '"
        + question
        + "'}]"
        + (rest.isEmpty() ? "" : ", " + rest)
        + "}";
  }

  /** Something that takes long to answer: many tokens. */
  public static String endless(String rest) {
    return chat(
        "count",
        "'response_format': {'type': 'json_schema', 'json_schema': {'name': 'n', 'schema':"
            + " {'type': 'array', 'items': {'type': 'boolean'}, 'minItems': 300, 'maxItems': 300}}}"
            + (rest.isEmpty() ? "" : ", " + rest));
  }

  /** The body of a response. */
  public static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  /** The lines of its log. */
  public List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** What the ledger says. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    Ledger ledger = governance.ledger();
    ledger.refresh();
    ledger.forEach(0, ledger.size(), (_, entry) -> entries.add(entry));
    return entries;
  }

  /** How many decisions have ended before their time, as the ledger says. */
  public long stopped() {
    return entries().stream()
        .filter(entry -> entry.value("outcome").filter("stopped"::equals).isPresent())
        .count();
  }

  /** Whether it is so many, now or in a short while. */
  public boolean hasStopped(long count) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (stopped() < count && System.nanoTime() < end) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return stopped() == count;
  }

  /** Where it is. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    server.close();
    prefixes.close();
    governance.close();
    client.close();
  }
}
