package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.server.CandorServer;
import dev.candor.server.ServerException;
import dev.candor.server.ServerLimits;
import dev.candor.server.ServerSettings;
import dev.candor.server.access.TlsFiles;
import dev.candor.server.models.ModelPool;
import dev.candor.server.prefixes.PrefixCounts;
import dev.candor.server.prefixes.PrefixRoom;
import dev.candor.server.prefixes.PrefixStore;
import dev.candor.server.traces.DecisionTraces;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Answers over HTTP. */
@CommandLine.Command(
    name = "serve",
    description = {
      "Serves models over HTTP to applications that speak the wire of OpenAI: they change their base"
          + " URL to http://127.0.0.1:PORT/v1. Each answer is a decision as those of 'candor ask'"
          + " are, with its record and its receipt.",
      "",
      "Only this machine can connect, unless --host says otherwise; then each caller needs a key"
          + " ('candor keys create') or a certificate (--client-ca). Once a key was made, callers on"
          + " this machine need one too. The address of the console that it prints opens pages for"
          + " people, with all roles: keep it as you keep a key. Ctrl-C lets answers that have begun end; pressed again, it"
          + " ends them."
    },
    footer = {
      "",
      "Examples:",
      "  candor serve",
      "  candor serve --port 0 --model smollm2-135m-instruct --json",
      "  candor serve --host 0.0.0.0 --tls-certificate server.pem --tls-key server.key",
      "  curl http://127.0.0.1:8080/v1/models"
    })
final class ServeCommand extends Command {

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "The address to listen on (default: ${DEFAULT-VALUE}).")
  String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description =
          "The port; 0 for one that is free, which is printed (default: ${DEFAULT-VALUE}).")
  int port;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "NAME|PATH",
      description =
          "A model to serve; the option again for more. They come into memory when they are asked,"
              + " the first at once (default: all of the store; without any, candor-mini).")
  List<String> models = List.of();

  @Option(
      names = "--adapter",
      paramLabel = "[MODEL=]DIR",
      description =
          "A LoRA adapter to serve beside a model, the first if none is named, under the name"
              + " MODEL:DIR; the option again for more. The weights are in memory once.")
  List<String> adapters = List.of();

  @Option(
      names = "--context",
      paramLabel = "TOKENS",
      description = "Longest prompt and answer of a request together (default: 4096).")
  @Nullable Integer context;

  @Option(
      names = "--cache-format",
      paramLabel = "F16|F32|Q8_0",
      defaultValue = "F16",
      description = "How keys and values are kept (default: F16).")
  ModelArguments.CacheFormat cacheFormat = ModelArguments.CacheFormat.F16;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description =
          "Answers that are computed at once (default: 16); of each model no more than the memory has"
              + " room for.")
  @Nullable Integer parallel;

  @Option(
      names = "--queue",
      paramLabel = "N",
      defaultValue = "256",
      description = "Requests that wait; more are answered 429 (default: ${DEFAULT-VALUE}).")
  int queue;

  @Option(
      names = "--tokens-per-minute",
      paramLabel = "N",
      defaultValue = "0",
      description = "Tokens, read and written, that each caller may have; 0 for any (default).")
  long tokensPerMinute;

  @Option(
      names = "--seconds-per-minute",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seconds of computing that each caller may have a minute; 0 for any (default).")
  long secondsPerMinute;

  @Option(
      names = "--keep-alive",
      paramLabel = "SECONDS",
      defaultValue = "-1",
      description = "How long a model stays in memory that nobody asks; -1 for ever (default).")
  int keepAlive;

  @Option(
      names = "--model-memory",
      paramLabel = "MIB",
      description = "Most memory for the weights of all models together (default: what is there).")
  @Nullable Integer modelMemory;

  @Option(
      names = "--prefix-memory",
      paramLabel = "MIB",
      defaultValue = "256",
      description =
          "Most memory of what each model remembers of conversations, so that their next request"
              + " reads only what is new; 0 for none (default: ${DEFAULT-VALUE}).")
  int prefixMemory;

  @Option(
      names = "--prefix-disk",
      paramLabel = "MIB",
      defaultValue = "1024",
      description =
          "Most room on the disk for the same, encrypted, so that a restart loses none of it; 0 for"
              + " none (default: ${DEFAULT-VALUE}).")
  int prefixDisk;

  @Option(
      names = "--shared-prefix",
      paramLabel = "FILE",
      description =
          "A system prompt that is no secret: each model reads it once, and whoever sends the same"
              + " goes on from there.")
  @Nullable Path sharedPrefix;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description = "The server's certificate and its issuers', PEM; read again when it changes.")
  @Nullable Path tlsCertificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key, PKCS#8, PEM.")
  @Nullable Path tlsKey;

  @Option(
      names = "--client-ca",
      paramLabel = "FILE",
      description = "Clients need a certificate that one of these has issued, PEM.")
  @Nullable Path clientAuthorities;

  @Option(
      names = "--client-crl",
      paramLabel = "FILE",
      description =
          "Lists of certificates that these have taken back, PEM, one of each issuer; read again"
              + " when it changes. An issuer without a list that holds lets nobody in.")
  @Nullable Path clientRevocations;

  @Option(
      names = "--allow-host",
      paramLabel = "NAME",
      description = "A name by which clients may call the server; again for more.")
  List<String> allowedHosts = List.of();

  @Option(
      names = "--allow-origin",
      paramLabel = "ORIGIN",
      description =
          "A web page's origin that may call it, such as https://app.example; again for more.")
  List<String> allowedOrigins = List.of();

  @Option(
      names = "--drain",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "How long a stop waits for answers that have begun (default: ${DEFAULT-VALUE}).")
  int drain;

  @Option(
      names = "--log-requests",
      description =
          "Write a line of JSON for each request to standard error: who, what kind, how it ended, how"
              + " long it took; never what was asked or answered.")
  boolean log;

  @Mixin ComputeArguments compute = new ComputeArguments();

  ServeCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() throws InterruptedException {
    if ((tlsCertificate == null) != (tlsKey == null)) {
      throw usage("--tls-certificate and --tls-key need each other");
    }
    if (clientAuthorities != null && tlsKey == null) {
      throw usage("--client-ca needs --tls-certificate and --tls-key");
    }
    if (clientRevocations != null && clientAuthorities == null) {
      throw usage("--client-crl needs --client-ca");
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Object beforeInterrupt = Signals.register("INT", stopped::countDown);
    Object beforeTerminate = Signals.register("TERM", stopped::countDown);
    ServedModels source =
        new ServedModels(
            streams,
            models,
            compute,
            new ServedModels.Room(
                context == null ? ModelArguments.USUAL_CONTEXT : context,
                context != null,
                cacheFormat.format,
                Optional.ofNullable(parallel)));
    adapters.forEach(source::serveBeside);
    long budget = modelMemory == null ? Long.MAX_VALUE / 2 : (long) modelMemory << 20;
    PrefixCounts counts = new PrefixCounts();
    try (DecisionTraces traces = DecisionTraces.of(System.getenv());
        Governance governance = GovernedHome.open();
        @Nullable PrefixStore disk = prefixStore(governance, counts);
        ModelPool pool =
            new ModelPool(source, budget, Duration.ofSeconds(keepAlive), InstantSource.system())) {
      source.rememberIn(
          new PrefixRoom(
              (long) prefixMemory << 20,
              Optional.ofNullable(disk),
              sharedText(),
              counts,
              governance.vault()::payloadKeyId));
      source.askFor(governance, Principal.of(localUser(), List.of(Role.values())));
      try (ModelPool.Lease first = pool.use(source.offers().getFirst().name());
          CandorServer server =
              CandorServer.start(
                  settings(source.parallel()), governance, pool, localUser(), this::log, traces)) {
        tell(server, first.model().name());
        stopped.await();
        Signals.unregister("INT", beforeInterrupt);
        streams.err().println("Stopping: answers that have begun may end (Ctrl-C ends them).");
        streams.err().flush();
        first.close();
      }
    } finally {
      Signals.unregister("TERM", beforeTerminate);
    }
    return OK;
  }

  /** What is shared; the line feed at the end of the file is not part of it. */
  private Optional<String> sharedText() {
    if (sharedPrefix == null) {
      return Optional.empty();
    }
    String text = TextFile.read(sharedPrefix);
    return Optional.of(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
  }

  /** What conversations leave on the disk; a server that cannot keep it goes on without. */
  private @Nullable PrefixStore prefixStore(Governance governance, PrefixCounts counts) {
    if (prefixDisk == 0 || prefixMemory == 0) {
      return null;
    }
    try {
      return PrefixStore.open(
          governance.home().resolve("prefixes"),
          governance.vault(),
          (long) prefixDisk << 20,
          counts,
          governance.clock());
    } catch (ServerException e) {
      streams.err().println(e.getMessage() + ": no saved state is written or read.");
      streams.err().println(e.remedy());
      streams.err().flush();
      return null;
    }
  }

  /** One line of JSON for each request, where it was asked for. */
  private void log(String line) {
    if (log) {
      synchronized (streams.err()) {
        streams.err().println(line);
        streams.err().flush();
      }
    }
  }

  private static String localUser() {
    return System.getProperty("user.name", "user");
  }

  private ServerSettings settings(int places) {
    Optional<TlsFiles> tls =
        tlsCertificate == null || tlsKey == null
            ? Optional.empty()
            : Optional.of(
                new TlsFiles(
                    tlsCertificate,
                    tlsKey,
                    Optional.ofNullable(clientAuthorities),
                    Optional.ofNullable(clientRevocations)));
    return new ServerSettings(
        host,
        port,
        tls,
        allowedHosts,
        allowedOrigins,
        new ServerLimits(
            places,
            queue,
            ServerLimits.USUAL.bodyBytes(),
            ServerLimits.USUAL.connections(),
            tokensPerMinute,
            secondsPerMinute,
            Duration.ofSeconds(drain)));
  }

  private void tell(CandorServer server, String model) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("url", server.url());
      members.put("port", server.port());
      members.put("model", model);
      members.put("console", server.consoleUrl());
      JsonOutput.printLine(streams.out(), members);
    } else {
      streams.out().println("Candor serves " + model + " at " + server.url() + "/v1");
      // Whoever has the whole address has all roles: it is told here and nowhere else.
      streams.out().println("Console: " + server.consoleUrl());
      streams.out().flush();
    }
  }
}
