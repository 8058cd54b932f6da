package dev.candor.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.access.ApiKeys;
import dev.candor.governance.access.Role;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Abuse cases A27 and A37: a caller gets nothing of another's, and learns nothing of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets them.
class TenantsTest {

  private static final String CHAT = "/v1/chat/completions";

  private ServedHome home;
  private ApiKeys.Created first;
  private ApiKeys.Created second;

  @BeforeAll
  void start(@TempDir Path folder) {
    first = ServedHome.createKey(folder, "first", Role.INVOKE);
    second = ServedHome.createKey(folder, "second", Role.INVOKE);
    home = new ServedHome(folder);
  }

  @AfterAll
  void stop() {
    home.close();
  }

  private HttpResponse<String> ask(ApiKeys.Created by, String path, String body, String... more) {
    String[] headers = new String[2 + more.length];
    headers[0] = "Authorization";
    headers[1] = "Bearer " + by.key();
    System.arraycopy(more, 0, headers, 2, more.length);
    return home.post(path, body, headers);
  }

  private JsonNode chat(ApiKeys.Created by, String question, String... headers) {
    HttpResponse<String> answer =
        ask(by, CHAT, ServedHome.chat(question, "'max_tokens': 4"), headers);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return ServedHome.json(answer);
  }

  /** How much of a conversation a caller need not have read, of what was answered so. */
  private int reused(ApiKeys.Created by, String question, JsonNode answer) {
    String turns =
        "'temperature': 0, 'messages': [{'role': 'user', 'content': '"
            + question
            + "'}, {'role': 'assistant', 'content': "
            + answer.at("/choices/0/message/content").toString().replace('"', '\'')
            + "}, {'role': 'user', 'content': 'And 2 + 2?'}]";
    HttpResponse<String> next =
        ask(by, CHAT, "{'model': '" + ServedHome.MODEL + "', 'max_tokens': 4, " + turns + "}");
    assertThat(next.statusCode()).as(next.body()).isEqualTo(200);
    return ServedHome.json(next).at("/usage/prompt_tokens_details/cached_tokens").asInt();
  }

  /** Abuse case A37. */
  @Test
  void whatAnotherHasReadIsReadAnew() {
    String question = "What is the sum of 1234 and 4321, and of 17 and 71, and of 5 and 50?";
    HttpResponse<String> answer = ask(first, CHAT, ServedHome.chat(question, "'temperature': 0"));
    assertThat(reused(second, question, ServedHome.json(answer))).isZero();
    assertThat(reused(first, question, ServedHome.json(answer))).isPositive();
  }

  @Test
  void aRequestUnderTheSameKeyIsAnothersOwn() {
    JsonNode its = chat(first, "What is 2 + 3?", "Idempotency-Key", "order-1");
    JsonNode own = chat(second, "What is 2 + 3?", "Idempotency-Key", "order-1");
    assertThat(own.path("id")).isNotEqualTo(its.path("id"));
    assertThat(own.at("/candor/receipts/0/repeated").asBoolean()).isFalse();
    // Nor does another request under it tell that there was one.
    assertThat(chat(second, "What is 2 + 3?", "Idempotency-Key", "order-1").at("/id").asString())
        .isEqualTo(own.at("/id").asString());
  }

  @Test
  void nothingIsFoundByTheIdOfAnothersAnswer() {
    String id = chat(first, "What is 2 + 4?").path("id").asString();
    for (String path : new String[] {CHAT + "/" + id, "/v1/responses/" + id}) {
      assertThat(
              home.ask(path, Optional.empty(), "Authorization", "Bearer " + second.key())
                  .statusCode())
          .isEqualTo(404);
    }
    HttpResponse<String> goingOn =
        ask(
            second,
            "/v1/responses",
            "{'model': 'candor-mini', 'input': 'x', 'previous_response_id': '" + id + "'}");
    assertThat(goingOn.statusCode()).isEqualTo(400);
    assertThat(ServedHome.json(goingOn).at("/error/param").asString())
        .isEqualTo("previous_response_id");
  }

  @Test
  void theConsoleShowsNobodyAnothersDecisions() {
    String decision = chat(first, "What is 2 + 5?").path("id").asString().substring(9);
    String its = signIn(first);
    String other = signIn(second);
    String page = "/console/decisions/" + decision;
    assertThat(home.ask(page, Optional.empty(), "Cookie", its).statusCode()).isEqualTo(200);
    assertThat(home.ask(page, Optional.empty(), "Cookie", other).statusCode()).isIn(403, 404);
    assertThat(home.ask("/console/decisions", Optional.empty(), "Cookie", its).body())
        .contains(decision);
    assertThat(home.ask("/console/decisions", Optional.empty(), "Cookie", other).body())
        .doesNotContain(decision);
    for (String proof : List.of("/beginning.tlog-proof", "/end.tlog-proof")) {
      assertThat(home.ask(page + proof, Optional.empty(), "Cookie", other).statusCode())
          .isEqualTo(403);
      HttpResponse<String> file = home.ask(page + proof, Optional.empty(), "Cookie", its);
      assertThat(file.statusCode()).isEqualTo(200);
      assertThat(file.body()).startsWith("c2sp.org/tlog-proof@v1\n");
      assertThat(file.headers().firstValue("Content-Disposition").orElseThrow()).contains(decision);
    }
    assertThat(home.ask(page + "/other", Optional.empty(), "Cookie", its).statusCode())
        .isEqualTo(404);
    assertThat(home.ask("/console/keys", Optional.empty(), "Cookie", other).body())
        .doesNotContain(first.id());
  }

  private String signIn(ApiKeys.Created key) {
    HttpResponse<String> response =
        home.ask(
            "/console/login",
            Optional.of("key=" + URLEncoder.encode(key.key(), StandardCharsets.UTF_8)),
            "Content-Type",
            "application/x-www-form-urlencoded");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(303);
    String cookie = response.headers().firstValue("Set-Cookie").orElseThrow();
    return cookie.substring(0, cookie.indexOf(';'));
  }
}
