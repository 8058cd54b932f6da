package dev.candor.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code candor serve} of the embedded model, in a process that can be killed. */
final class ServedProcess implements AutoCloseable {

  private static final Path WEIGHTS = Path.of("..", "models", "candor-mini", "candor-mini.gguf");

  private final Process process;
  private final StringBuffer log;
  private final URI url;
  private final String model;

  // One connection for all, and one for each: both wires are under load.
  private final List<HttpClient> clients =
      List.of(
          HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build(),
          HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());

  private ServedProcess(Process process, StringBuffer log, URI url, String model) {
    this.process = process;
    this.log = log;
    this.url = url;
    this.model = model;
  }

  /**
   * What came of a request.
   *
   * @param status 0 if the connection broke before there was one
   * @param decision its id, as soon as it was told
   * @param text as far as it came
   * @param tokens pieces of text
   * @param end the reason of the end and the receipt, if they came
   * @param error what the server told in the middle
   */
  record Told(
      int status,
      Optional<String> decision,
      String text,
      int tokens,
      Optional<End> end,
      Optional<String> error) {}

  /** The end of an answer, which is told when it is on record. */
  record End(String reason, String decision, long finished, boolean repeated) {}

  /** Starts it and waits until it serves. */
  static ServedProcess start(Path home, int parallel) throws IOException {
    List<String> arguments =
        List.of(
            "serve",
            "--port",
            "0",
            "--json",
            "--model",
            WEIGHTS.toString(),
            "--threads",
            "2",
            "--parallel",
            Integer.toString(parallel));
    Process process = CandorProcess.start(home, arguments);
    StringBuffer log = new StringBuffer();
    Thread.ofVirtual().start(() -> keep(process, log));
    var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    String told = out.readLine();
    if (told != null) {
      JsonNode facts = JsonMapper.shared().readTree(told);
      return new ServedProcess(
          process, log, URI.create(facts.at("/url").asString()), facts.at("/model").asString());
    }
    process.destroyForcibly();
    throw new AssertionError("it does not serve: " + log);
  }

  /** What it logs is read, for a pipe that is full would hold it up. */
  private static void keep(Process process, StringBuffer log) {
    try (BufferedReader lines = process.errorReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.append(line).append('\n');
      }
    } catch (IOException e) {
      // Stopping a process closes the pipe from here; what it had said until then counts.
    }
  }

  /** What it has logged. */
  String log() {
    return log.toString();
  }

  /** Numbers to calculate with; the rest of the body follows them. */
  String question(int number, String rest) {
    return ("{'model': '"
            + model
            + "', 'stream': true, 'messages': [{'role': 'user', 'content': 'What is "
            + number
            + " + "
            + 3 * number
            + "?'}], "
            + rest
            + "}")
        .replace('\'', '"');
  }

  /**
   * Asks for a chat and takes it as it streams.
   *
   * @param leaveAfter pieces of text behind which the connection is closed
   */
  Told ask(int client, String key, String body, int leaveAfter) {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/v1/chat/completions"))
            .timeout(Duration.ofMinutes(2))
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    Reading reading = new Reading();
    try {
      HttpResponse<java.io.InputStream> response =
          clients
              .get(client % clients.size())
              .send(request, HttpResponse.BodyHandlers.ofInputStream());
      reading.status = response.statusCode();
      reading.decision = response.headers().firstValue("Candor-Decision");
      try (var lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          reading.line(line);
          if (reading.tokens >= leaveAfter) {
            break;
          }
        }
      }
    } catch (IOException e) {
      // Killed in its middle; what came until then counts.
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return reading.told();
  }

  private static final class Reading {
    private int status;
    private Optional<String> decision = Optional.empty();
    private final StringBuilder text = new StringBuilder();
    private int tokens;
    private Optional<End> end = Optional.empty();
    private Optional<String> error = Optional.empty();

    void line(String line) {
      if (!line.startsWith("data: {")) {
        return;
      }
      JsonNode chunk = JsonMapper.shared().readTree(line.substring("data: ".length()));
      if (chunk.has("error")) {
        error = Optional.of(chunk.get("error").toString());
      }
      String piece = chunk.at("/choices/0/delta/content").asString("");
      if (!piece.isEmpty()) {
        tokens++;
        text.append(piece);
      }
      JsonNode receipt = chunk.at("/candor/receipts/0");
      if (!receipt.isMissingNode()) {
        end =
            Optional.of(
                new End(
                    chunk.at("/choices/0/finish_reason").asString(),
                    receipt.get("decision").asString(),
                    receipt.get("finished").asLong(),
                    receipt.get("repeated").asBoolean()));
      }
    }

    Told told() {
      return new Told(status, decision, text.toString(), tokens, end, error);
    }
  }

  /** Ends it as a loss of power would, as far as the process can tell. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends it as an operator does, and waits. */
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      throw new AssertionError("it does not stop");
    }
    return process.exitValue();
  }

  /** The entries of a kind that a home's ledger has, by the command that shows them. */
  static List<JsonNode> entries(Path home, String kind) throws Exception {
    CommandRun shown =
        CandorProcess.run(home, "audit", "show", "--kind", kind, "--last", "100000", "--json");
    List<JsonNode> entries = new ArrayList<>();
    JsonMapper.shared().readTree(shown.out()).get("entries").forEach(entries::add);
    return entries;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    clients.forEach(HttpClient::close);
  }
}
