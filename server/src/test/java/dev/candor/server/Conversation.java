package dev.candor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What somebody asks, turn by turn, and is answered; greedy, so that it is always the same. */
final class Conversation {

  private final List<Map<String, String>> messages = new ArrayList<>();

  /** An answer, and how many tokens of its prompt had been read before. */
  record Turn(String text, int cached, String decision) {}

  /** A conversation of a number, with a beginning that no other has. */
  static Conversation of(int number) {
    Conversation conversation = new Conversation();
    conversation.add(
        "user",
        "Here are the figures of house "
            + number
            + ": "
            + "7 8 9 ".repeat(12)
            + ". What is 1 + 2?");
    return conversation;
  }

  private void add(String role, String content) {
    messages.add(new LinkedHashMap<>(Map.of("role", role, "content", content)));
  }

  /** Asks the next question and takes the answer down. */
  Turn ask(HttpClient client, URI server) throws IOException, InterruptedException {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", ServedHome.MODEL);
    body.put("temperature", 0);
    body.put("max_tokens", 24);
    body.put("messages", messages);
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(server.resolve("/v1/chat/completions"))
                .timeout(Duration.ofMinutes(2))
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        JsonMapper.shared().writeValueAsString(body)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode json = ServedHome.json(response);
    String text = json.at("/choices/0/message/content").asString();
    add("assistant", text);
    add("user", "And " + messages.size() + " + 5?");
    return new Turn(
        text,
        json.at("/usage/prompt_tokens_details/cached_tokens").asInt(),
        json.at("/candor/receipts/0/decision").asString());
  }

  /** A figure of the server. */
  static double metric(HttpClient client, URI server, String name)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(server.resolve("/metrics")).build(),
            HttpResponse.BodyHandlers.ofString());
    return response
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }
}
