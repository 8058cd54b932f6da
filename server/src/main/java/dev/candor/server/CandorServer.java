package dev.candor.server;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.ApiKeys;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.keys.KeyVault;
import dev.candor.server.access.Gatekeeper;
import dev.candor.server.access.TlsKeys;
import dev.candor.server.admin.LiveFigures;
import dev.candor.server.admin.Measurements;
import dev.candor.server.admin.RequestLog;
import dev.candor.server.batching.Decider;
import dev.candor.server.batching.Quotas;
import dev.candor.server.batching.Slots;
import dev.candor.server.connections.Connections;
import dev.candor.server.console.Console;
import dev.candor.server.console.ConsoleParts;
import dev.candor.server.models.ModelPool;
import dev.candor.server.ollama.OllamaAnswers;
import dev.candor.server.ollama.OllamaEmbeddings;
import dev.candor.server.ollama.OllamaModels;
import dev.candor.server.openai.AskerFields;
import dev.candor.server.openai.ChatCompletions;
import dev.candor.server.openai.Completions;
import dev.candor.server.openai.Embeddings;
import dev.candor.server.openai.ModelList;
import dev.candor.server.openai.Questions;
import dev.candor.server.openai.Responses;
import dev.candor.server.traces.DecisionTraces;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Decisions over HTTP. Bound to the loopback address unless it knows who calls: another address
 * needs keys or certificates. Safe for use by many threads.
 */
public final class CandorServer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(CandorServer.class.getName());

  /** Held, for a logger that nobody holds forgets its level. */
  private static final Logger HELIDON = Logger.getLogger("io.helidon");

  private static final Duration LOOK = Duration.ofSeconds(5);

  /** How long what was erased may be remembered, at most. */
  private static final Duration ERASURE_LOOK = Duration.ofSeconds(1);

  private final Measurements measurements = new Measurements();
  private final long startedNanos = System.nanoTime();
  private final ServerSettings settings;
  private final ModelPool models;
  private final Decider decider;
  private final Console console;
  private final Connections connections;
  private final WebServer http;
  private final ScheduledExecutorService housekeeping =
      // Two, so that connections are watched while models that go write what is to be kept.
      Executors.newScheduledThreadPool(2, Thread.ofPlatform().daemon().factory());

  private CandorServer(
      ServerSettings settings,
      Governance governance,
      ModelPool models,
      String localUser,
      Consumer<String> requestLines,
      DecisionTraces traces) {
    this.settings = settings;
    this.models = models;
    ApiKeys keys = new ApiKeys(governance);
    boolean loopback = settings.address().isLoopbackAddress();
    requireIdentities(settings, keys, loopback);
    Optional<TlsKeys> tls = settings.tls().map(TlsKeys::new);
    ServerLimits limits = settings.limits();
    connections = new Connections(limits.clients());
    Slots slots = new Slots(limits.parallel(), limits.waiting(), models::group);
    LiveFigures live = new LiveFigures(slots, governance.clock());
    decider =
        new Decider(
            governance.pipeline(),
            slots,
            new Quotas(limits.tokensPerMinute(), limits.secondsPerMinute()),
            live,
            measurements,
            traces);
    console =
        new Console(new ConsoleParts(governance, keys, models, decider, live), loopback, localUser);
    HELIDON.setLevel(Level.WARNING);
    HttpRouting.Builder routing =
        HttpRouting.builder()
            .addFilter(new LastRequest())
            .addFilter(new RequestLog(requestLines, measurements))
            .addFilter(connections)
            .addFilter(this::refuse)
            .addFilter(new Gatekeeper(keys, settings, loopback, localUser, tls))
            .error(Throwable.class, this::failed);
    routes(routing);
    WebServerConfig.Builder server =
        WebServer.builder()
            .host(settings.host())
            .port(settings.port())
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .maxPayloadSize(limits.bodyBytes())
            .maxTcpConnections(limits.connections())
            .connectionOptions(connections.options())
            .directHandlers(WireErrors.handlers(limits))
            .errorHandling(ErrorHandling.builder().includeEntity(true).build())
            .shutdownGracePeriod(Duration.ofSeconds(1))
            .routing(routing);
    tls.ifPresent(it -> {
      server.tls(
          Tls.builder()
              .sslContext(it.context())
              .enabledProtocols(List.of("TLSv1.3"))
              .clientAuth(it.wantsClients() ? TlsClientAuth.REQUIRED : TlsClientAuth.NONE)
              .build());
      repeat(() -> reload(it), LOOK);
    });
    repeat(connections::watch, Connections.STEP);
    repeat(models::expire, LOOK);
    repeat(() -> forgetErased(governance.vault()), ERASURE_LOOK);
    repeat(live::sample, LiveFigures.STEP);
    http = server.build().start();
  }

  /**
   * Starts a server.
   *
   * @param governance of the device; its pipeline makes all decisions
   * @param models who may be asked
   * @param localUser what entries call who asks from this machine without a key
   * @param requestLines takes a line of JSON for each request, without what was asked
   * @throws ServerException {@code server.open} if anybody could ask, {@code server.host-unknown},
   *     {@code server.tls-…}
   */
  public static CandorServer start(
      ServerSettings settings,
      Governance governance,
      ModelPool models,
      String localUser,
      Consumer<String> requestLines) {
    return start(settings, governance, models, localUser, requestLines, DecisionTraces.NONE);
  }

  /**
   * The same.
   *
   * @param traces is told of each decision; whoever made it closes it
   */
  public static CandorServer start(
      ServerSettings settings,
      Governance governance,
      ModelPool models,
      String localUser,
      Consumer<String> requestLines,
      DecisionTraces traces) {
    return new CandorServer(settings, governance, models, localUser, requestLines, traces);
  }

  private static void requireIdentities(ServerSettings settings, ApiKeys keys, boolean loopback) {
    boolean certificates =
        settings.tls().filter(tls -> tls.clientAuthorities().isPresent()).isPresent();
    if (!loopback && !certificates && !keys.areThereAny()) {
      throw new ServerException(
          "open",
          "the address "
              + settings.host()
              + " can be reached from other machines, and there is no key: anybody could ask",
          "Make a key first (candor keys create --role invoke), or ask clients for certificates"
              + " (--client-ca).");
    }
  }

  private void routes(HttpRouting.Builder routing) {
    Questions questions = new Questions(models, decider, new AskerFields.Repeats());
    ModelList list = new ModelList(models);
    Embeddings embeddings = new Embeddings(questions);
    OllamaAnswers ollama = new OllamaAnswers(questions);
    OllamaEmbeddings ollamaEmbeddings = new OllamaEmbeddings(embeddings);
    OllamaModels ollamaModels = new OllamaModels(models);
    console.routes(routing);
    new Endpoints(routing)
        .get("/health", (_, response) -> status(response, 200, "alive"))
        .get("/ready", (_, response) -> ready(response))
        .get("/metrics", this::metrics)
        .get("/openapi.yaml", (_, response) -> describe(response))
        .get("/v1/models", list::list)
        .get("/v1/models/{id}", list::one)
        .post("/v1/chat/completions", new ChatCompletions(questions))
        .post("/v1/completions", new Completions(questions))
        .post("/v1/responses", new Responses(questions))
        .post("/v1/embeddings", embeddings::openai)
        .post("/api/embed", ollamaEmbeddings::embed)
        .post("/api/embeddings", ollamaEmbeddings::embeddings)
        .post("/api/chat", ollama::chat)
        .post("/api/generate", ollama::generate)
        .get("/api/tags", ollamaModels::tags)
        .get("/api/ps", ollamaModels::running)
        .get("/api/version", ollamaModels::version)
        .post("/api/show", ollamaModels::show)
        .end();
  }

  private void ready(ServerResponse response) {
    if (decider.isClosing()) {
      status(response, 503, "stopping");
    } else {
      status(response, 200, "ready");
    }
  }

  /** What there is, for programs. */
  private static void describe(ServerResponse response) {
    try (InputStream file = CandorServer.class.getResourceAsStream("openapi.yaml")) {
      response
          .header("Content-Type", "application/yaml")
          .send(Objects.requireNonNull(file).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whoever may verify or ask may see how fast it is: no name of a caller is in it. */
  private void metrics(ServerRequest request, ServerResponse response) {
    Map<String, Double> gauges = new LinkedHashMap<>();
    gauges.put("candor_decisions_running", (double) decider.slots().taken());
    gauges.put("candor_decisions_waiting", (double) decider.slots().waiting());
    List<ModelPool.Resident> residents = models.residents();
    gauges.put("candor_connections", (double) connections.size());
    gauges.put("candor_connections_refused", (double) connections.refused());
    gauges.put("candor_models_resident", (double) residents.size());
    gauges.put(
        "candor_models_resident_bytes",
        (double) residents.stream().mapToLong(ModelPool.Resident::bytes).sum());
    gauges.putAll(models.prefixFigures());
    gauges.put("candor_uptime_seconds", (System.nanoTime() - startedNanos) / 1_000_000_000 * 1.0);
    Runtime runtime = Runtime.getRuntime();
    gauges.put("candor_heap_used_bytes", (double) (runtime.totalMemory() - runtime.freeMemory()));
    response
        .header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        .send(measurements.text(gauges));
  }

  private static void status(ServerResponse response, int status, String word) {
    response
        .status(status)
        .header("Content-Type", "application/json")
        .send(JsonText.bytes(Map.of("status", word)));
  }

  /**
   * Answers what a filter refuses as if an endpoint had: otherwise the filters before it would be
   * left before there is an answer.
   */
  private void refuse(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    try {
      chain.proceed();
    } catch (HttpProblem | GovernanceException | LedgerException e) {
      failed(request, response, e);
    }
  }

  private void failed(ServerRequest request, ServerResponse response, Throwable thrown) {
    HttpProblem problem = HttpProblems.of(thrown);
    if (problem.status() == 500) {
      LOG.log(System.Logger.Level.ERROR, "a request failed", thrown);
    }
    if (response.isSent()) {
      return;
    }
    if (request.path().path().startsWith("/console")) {
      console.tell(request, response, problem);
    } else if (request.path().path().startsWith("/api/")) {
      problem.headers().forEach((name, value) -> response.header(name, value));
      response.status(problem.status()).header("Content-Type", "application/json");
      response.send(JsonText.bytes(Map.of("error", String.valueOf(problem.getMessage()))));
    } else {
      ChatCompletions.send(response, problem);
    }
  }

  private void repeat(Runnable work, Duration pause) {
    var unused =
        housekeeping.scheduleWithFixedDelay(
            () -> {
              try {
                work.run();
              } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "housekeeping failed", e);
              }
            },
            pause.toMillis(),
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Whoever erases is another process: it leaves another payload key behind. */
  private void forgetErased(KeyVault vault) {
    try {
      vault.refreshIfChanged();
    } catch (LedgerException e) {
      // Whoever asks for a decision is told.
      LOG.log(System.Logger.Level.DEBUG, "the keys cannot be read", e);
    }
    models.forgetErased();
  }

  private static void reload(TlsKeys tls) {
    if (tls.reload()) {
      LOG.log(System.Logger.Level.INFO, "the TLS files have changed and were read again");
    }
  }

  /** The port that it listens on. */
  public int port() {
    return http.port();
  }

  /** The address that clients use. */
  public String url() {
    return (settings.tls().isPresent() ? "https://" : "http://")
        + (settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host())
        + ":"
        + port();
  }

  /** The console, as whoever started the server opens it: with all roles. Nobody else is told. */
  public String consoleUrl() {
    return url() + console.linkPath();
  }

  /**
   * Begins nothing more, waits for what has begun as long as the settings say, ends what is then
   * left within one token, and stops.
   */
  @Override
  public void close() {
    decider.stopBeginning();
    long end = System.nanoTime() + settings.limits().drain().toNanos();
    while (decider.requests() > 0 && System.nanoTime() < end) {
      pause();
    }
    decider.cancelAll();
    // Explanations are no requests, but they have places, and give them up by themselves.
    while (decider.requests() > 0 || decider.slots().taken() > 0) {
      pause();
    }
    housekeeping.shutdownNow();
    http.stop();
    models.close();
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
