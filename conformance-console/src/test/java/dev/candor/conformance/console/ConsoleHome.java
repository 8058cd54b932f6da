package dev.candor.conformance.console;

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
import dev.candor.server.CandorServer;
import dev.candor.server.ServerSettings;
import dev.candor.server.models.ModelPool;
import dev.candor.server.models.ModelSource;
import dev.candor.server.models.ServedModel;
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
import java.util.List;
import java.util.Optional;

/** A home in a folder of a test, and a server of it with the embedded model and the console. */
final class ConsoleHome implements AutoCloseable {

  static final String MODEL = "candor-mini";

  /** What the model answers for certain. */
  static final String QUESTION = "What is 17 + 25 * 2?";

  static final String ANSWER = "25 * 2 = 50\n17 + 50 = 67\nAnswer: 67";

  private static final Principal OWNER = Principal.of("anna", List.of(Role.values()));
  private static final Path WEIGHTS = Path.of("..", "models", "candor-mini", "candor-mini.gguf");

  private final Governance governance;
  private final CandorServer server;
  private final HttpClient client =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

  ConsoleHome(Path folder) {
    governance =
        Governance.open(
            new GovernanceSettings(
                folder.resolve("home"),
                new PassphraseSource(
                    folder.resolve("secrets/passphrase"), PassphraseSource.Origin.GENERATED),
                "candor test",
                InstantSource.system()));
    ModelPool pool =
        new ModelPool(new Mini(), Long.MAX_VALUE / 2, ModelPool.FOR_EVER, InstantSource.system());
    try {
      server = CandorServer.start(ServerSettings.loopback(0), governance, pool, "tester", _ -> {});
    } catch (RuntimeException e) {
      governance.close();
      throw e;
    }
  }

  /** The embedded model, opened as the server opens it. */
  static LanguageModel language() {
    return LanguageModel.open(WEIGHTS, LoadOptions.defaults().withThreads(1)).batched();
  }

  /** Has the embedded model alone. */
  private static final class Mini implements ModelSource {

    @Override
    public List<Offer> offers() {
      try {
        return List.of(new Offer(MODEL, 1, Files.size(WEIGHTS), ""));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public ServedModel open(String name) {
      return new ServedModel(
          new ModelIdentity(name, language(), Adapter.NONE), SessionOptions.ofContext(2_048), 1);
    }
  }

  Governance governance() {
    return governance;
  }

  String url(String path) {
    return server.url() + path;
  }

  /** The link of the start. */
  String link() {
    return server.consoleUrl();
  }

  /** Makes a key. */
  ApiKeys.Created key(String holder, Role... roles) {
    return new ApiKeys(governance).create(OWNER, holder, List.of(roles), Optional.empty());
  }

  /** Takes one back. */
  void revoke(ApiKeys.Created key) {
    var unused = new ApiKeys(governance).revoke(OWNER, key.id());
  }

  HttpResponse<String> get(String path, String... headers) {
    return send(request(path, headers).GET());
  }

  HttpResponse<String> post(String path, String form, String... headers) {
    return send(
        request(path, headers)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofMinutes(1));
    return headers.length == 0 ? request : request.headers(headers);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the ledger says. */
  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    governance.ledger().refresh();
    governance.ledger().forEach(0, governance.ledger().size(), (_, entry) -> entries.add(entry));
    return entries;
  }

  /** How many entries of a kind there are. */
  long count(String kind) {
    return entries().stream().filter(entry -> entry.kind().equals(kind)).count();
  }

  @Override
  public void close() {
    server.close();
    governance.close();
    client.close();
  }
}
