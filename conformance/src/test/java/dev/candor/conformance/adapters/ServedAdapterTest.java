package dev.candor.conformance.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.conformance.CandorProcess;
import dev.candor.conformance.CommandRun;
import dev.candor.conformance.TestData;
import dev.candor.engine.adapters.AdapterConfig;
import dev.candor.engine.adapters.AdapterFolder;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code candor serve --adapter}: a model and its adapters answer side by side. */
class ServedAdapterTest {

  private static final Path MODEL = TestData.fixture("llama3-tiny");

  @TempDir Path folder;

  private AdapterFolder adapter(LanguageModel base, String name, long seed) {
    AdapterConfig config = RandomFactors.config(4, 8);
    return AdapterFolder.write(
        folder.resolve(name),
        config,
        RandomFactors.of(base.model().linearLayers(), config, seed, 0.2),
        RandomFactors.card(base.digest()));
  }

  private static JsonNode json(String text) {
    return new ObjectMapper().readTree(text);
  }

  private String asked(String... more) {
    List<String> words = new ArrayList<>(List.of("ask", "--raw", "--json", "--max-tokens", "8"));
    words.addAll(List.of("--temperature", "0", "--model", MODEL.toString()));
    words.addAll(List.of(more));
    words.add("Hello");
    CommandRun run = CommandRun.of(words.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    return json(run.out()).get("answer").asString();
  }

  @Test
  void answersAreThoseOfTheSameAdapterAlone() throws Exception {
    List<String> digests = new ArrayList<>();
    try (LanguageModel base = LanguageModel.open(MODEL, LoadOptions.defaults().withThreads(2))) {
      digests.add(adapter(base, "red", 5).digest());
      digests.add(adapter(base, "blue", 6).digest());
    }
    String red = folder.resolve("red").toString();
    String blue = folder.resolve("blue").toString();
    List<String> alone = List.of(asked(), asked("--adapter", red), asked("--adapter", blue));
    assertThat(alone).doesNotHaveDuplicates();
    Process server =
        CandorProcess.start(
            folder.resolve("home"),
            List.of(
                "serve",
                "--port",
                "0",
                "--json",
                "--model",
                MODEL.toString(),
                "--adapter",
                red,
                "--adapter",
                "llama3-tiny=" + blue));
    try (BufferedReader out =
            new BufferedReader(
                new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        HttpClient client = HttpClient.newHttpClient()) {
      String url = json(out.readLine()).get("url").asString();
      List<CompletableFuture<HttpResponse<String>>> together = new ArrayList<>();
      for (String model : List.of("llama3-tiny", "llama3-tiny:red", "llama3-tiny:blue")) {
        String body =
            "{\"model\": \""
                + model
                + "\", \"prompt\": \"Hello\", \"max_tokens\": 8, \"temperature\": 0}";
        together.add(
            client.sendAsync(
                HttpRequest.newBuilder(URI.create(url + "/v1/completions"))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString()));
      }
      List<String> served = new ArrayList<>();
      for (CompletableFuture<HttpResponse<String>> each : together) {
        HttpResponse<String> answer = each.get(2, TimeUnit.MINUTES);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        served.add(json(answer.body()).at("/choices/0/text").asString());
      }
      assertThat(served).isEqualTo(alone);
    } finally {
      CandorProcess.interrupt(server);
      assertThat(server.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }
    CommandRun shown = CandorProcess.run(folder.resolve("home"), "audit", "show");
    assertThat(shown.out()).contains(digests);
  }
}
