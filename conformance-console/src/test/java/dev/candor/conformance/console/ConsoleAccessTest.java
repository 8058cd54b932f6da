package dev.candor.conformance.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.access.ApiKeys;
import dev.candor.governance.access.Role;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets to which page of the console, and who changes what. */
@SuppressWarnings("NullAway.Init") // JUnit sets them.
class ConsoleAccessTest {

  private static final Pattern CSRF = Pattern.compile("data-csrf=\"([^\"]+)\"");

  private static final List<String> PAGES =
      List.of(
          "",
          "/try",
          "/decisions",
          "/models",
          "/fairness",
          "/controls",
          "/reports",
          "/ledger",
          "/keys");

  private ConsoleHome home;

  @BeforeEach
  void start(@TempDir Path folder) {
    home = new ConsoleHome(folder);
  }

  @AfterEach
  void stop() {
    home.close();
  }

  private static String cookieOf(HttpResponse<String> response) {
    String cookie = response.headers().firstValue("Set-Cookie").orElseThrow();
    return cookie.substring(0, cookie.indexOf(';'));
  }

  private String signIn(ApiKeys.Created key) {
    HttpResponse<String> response =
        home.post("/console/login", "key=" + URLEncoder.encode(key.key(), StandardCharsets.UTF_8));
    assertThat(response.statusCode()).isEqualTo(303);
    return cookieOf(response);
  }

  private String enter() {
    return cookieOf(home.get(home.link().substring(home.url("").length())));
  }

  private String csrf(String cookie) {
    Matcher matcher = CSRF.matcher(home.get("/console", "Cookie", cookie).body());
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  /** A decision of somebody else. */
  private String decision() {
    String cookie = enter();
    String body =
        home.post(
                "/console/try",
                "task=answer&model=candor-mini&text=What+is+2+%2B+3%3F",
                "Cookie",
                cookie,
                "Candor-Csrf",
                csrf(cookie))
            .body();
    Matcher run = Pattern.compile("sse-connect=\"([^\"]+)\"").matcher(body);
    assertThat(run.find()).isTrue();
    String events = home.get(run.group(1), "Cookie", cookie).body();
    assertThat(events).contains("event: text", "event: receipt", "event: done");
    // Once more: nothing is asked twice.
    assertThat(home.get(run.group(1), "Cookie", cookie).body()).startsWith("event: done");
    Matcher id = Pattern.compile("/console/decisions/([0-9a-f]{32})").matcher(events);
    assertThat(id.find()).isTrue();
    return id.group(1);
  }

  @Test
  void whereNoKeyWasMadeWhoeverIsOnThisMachineMayAskAndNoMore() {
    HttpResponse<String> page = home.get("/console");
    assertThat(page.statusCode()).isEqualTo(200);
    String cookie = cookieOf(page);
    assertThat(home.get("/console/try", "Cookie", cookie).statusCode()).isEqualTo(200);
    assertThat(home.get("/console/ledger", "Cookie", cookie).statusCode()).isEqualTo(403);
    assertThat(home.get("/console/models", "Cookie", cookie).statusCode()).isEqualTo(403);
    assertThat(page.body()).doesNotContain("/console/ledger");
    String decision = decision();
    // It is tester's too, who asked by the link of the start.
    assertThat(home.get("/console/decisions/" + decision, "Cookie", cookie).statusCode())
        .isEqualTo(200);
  }

  @Test
  void theFirstKeyEndsSessionsThatNeededNone() {
    String cookie = cookieOf(home.get("/console"));
    String link = enter();
    ApiKeys.Created key = home.key("gerda", Role.GOVERN);
    HttpResponse<String> page = home.get("/console", "Cookie", cookie);
    assertThat(page.statusCode()).isEqualTo(303);
    assertThat(page.headers().firstValue("Location")).contains("/console/login");
    assertThat(home.get("/console/ledger", "Cookie", link).statusCode()).isEqualTo(200);
    String signedIn = signIn(key);
    assertThat(home.get("/console/ledger", "Cookie", signedIn).statusCode()).isEqualTo(200);
    // Were it the last one, nobody on this machine would need one any more.
    var unused = home.key("otto", Role.OPERATE);
    home.revoke(key);
    assertThat(home.get("/console/ledger", "Cookie", signedIn).statusCode()).isEqualTo(303);
  }

  @Test
  void aKeyThatIsNoneSignsNobodyIn() {
    var unused = home.key("gerda", Role.GOVERN);
    HttpResponse<String> response = home.post("/console/login", "key=candor-guess");
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.body()).contains("no key that holds").doesNotContain("candor-guess");
    assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
    assertThat(home.get("/console/enter/guess").statusCode()).isEqualTo(401);
  }

  @Test
  void theAuditorReadsAllAndChangesNothing() {
    String decision = decision();
    long before = home.entries().size();
    ApiKeys.Created key = home.key("adele", Role.AUDIT);
    String cookie = signIn(key);
    for (String page : PAGES) {
      HttpResponse<String> response = home.get("/console" + page, "Cookie", cookie);
      assertThat(response.statusCode()).as(page).isEqualTo(page.equals("/try") ? 403 : 200);
    }
    HttpResponse<String> page = home.get("/console/decisions/" + decision, "Cookie", cookie);
    assertThat(page.body())
        .contains("What is 2 + 3?")
        .doesNotContain("/override", "/stop", "Make it", "Revoke");
    String csrf = csrf(cookie);
    for (String change :
        List.of(
            "/console/decisions/" + decision + "/override",
            "/console/decisions/" + decision + "/stop",
            "/console/keys",
            "/console/keys/" + key.id() + "/revoke",
            "/console/try")) {
      HttpResponse<String> response =
          home.post(
              change,
              "csrf="
                  + csrf
                  + "&reason=r&replacement=x&holder=h&role=audit&model=candor-mini&text=t",
              "Cookie",
              cookie);
      assertThat(response.statusCode()).as(change).isEqualTo(403);
      assertThat(response.body()).contains("governance.not-permitted");
    }
    // The key itself, and nothing else.
    assertThat(home.entries()).hasSize((int) before + 1);
  }

  @Test
  void whoMayNotReadTheTextsSeesThatThereIsADecision() {
    String decision = decision();
    String cookie = signIn(home.key("otto", Role.OPERATE));
    assertThat(home.get("/console/decisions/" + decision, "Cookie", cookie).body())
        .contains("local-work", decision)
        .doesNotContain("What is 2 + 3?");
    String asker = signIn(home.key("ute", Role.INVOKE));
    HttpResponse<String> list = home.get("/console/decisions", "Cookie", asker);
    assertThat(list.statusCode()).isEqualTo(200);
    assertThat(list.body()).doesNotContain(decision.substring(0, 12));
    assertThat(home.get("/console/decisions/" + decision, "Cookie", asker).statusCode())
        .isEqualTo(403);
  }

  @Test
  void aChangeNeedsTheSecretOfItsSession() {
    String cookie = enter();
    String other = csrf(enter());
    String form = "holder=mallory&role=audit";
    for (String body : List.of(form, form + "&csrf=", form + "&csrf=" + other)) {
      HttpResponse<String> response = home.post("/console/keys", body, "Cookie", cookie);
      assertThat(response.statusCode()).isEqualTo(403);
      assertThat(response.body()).contains("csrf");
    }
    assertThat(home.count("api-key-created")).isZero();
    HttpResponse<String> meant =
        home.post("/console/keys", form + "&csrf=" + csrf(cookie), "Cookie", cookie);
    assertThat(meant.statusCode()).isEqualTo(200);
    assertThat(home.count("api-key-created")).isEqualTo(1);
  }

  @Test
  void aPageOfAnotherOriginReachesNothing() {
    String cookie = enter();
    HttpResponse<String> response =
        home.post(
            "/console/keys",
            "holder=mallory&role=audit&csrf=" + csrf(cookie),
            "Cookie",
            cookie,
            "Origin",
            "https://evil.example");
    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(home.count("api-key-created")).isZero();
  }

  @Test
  void theCookieOpensTheConsoleAlone() {
    String cookie = enter();
    var unused = home.key("gerda", Role.GOVERN);
    assertThat(home.get("/console/ledger", "Cookie", cookie).statusCode()).isEqualTo(200);
    assertThat(home.get("/v1/models", "Cookie", cookie).statusCode()).isEqualTo(401);
    assertThat(home.get("/console/../v1/models", "Cookie", cookie).statusCode()).isNotEqualTo(200);
    HttpResponse<String> entered = home.get(home.link().substring(home.url("").length()));
    assertThat(entered.headers().firstValue("Set-Cookie").orElseThrow())
        .contains("HttpOnly", "SameSite=Strict", "Path=/console");
  }

  @Test
  void everyResponseKeepsOthersOut() {
    String cookie = enter();
    for (String page : PAGES) {
      HttpResponse<String> response = home.get("/console" + page, "Cookie", cookie);
      assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
          .startsWith("default-src 'self'");
      assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
      // Nothing from elsewhere, and nothing that the policy would have to let through.
      assertThat(response.body())
          .doesNotContainPattern("(src|href|action)=\"(https?:)?//")
          .doesNotContainPattern("<script(?![^>]* src=)")
          .doesNotContainPattern("\\sstyle=|\\son[a-z]+=");
    }
  }

  @Test
  void whatIsHandedOutIsOnAList() {
    assertThat(home.get("/console/assets/console.css").statusCode()).isEqualTo(200);
    assertThat(home.get("/console/assets/htmx-2.0.10.js").statusCode()).isEqualTo(200);
    assertThat(home.get("/console/assets/Console.class").statusCode()).isEqualTo(404);
    String cookie = enter();
    assertThat(home.get("/console/reports/..%2Fledger/checkpoint", "Cookie", cookie).statusCode())
        .isEqualTo(404);
    assertThat(home.get("/console/documents/..%2Fkeys.p12", "Cookie", cookie).statusCode())
        .isEqualTo(404);
  }

  @Test
  void signingOutEndsTheSession() {
    String cookie = enter();
    HttpResponse<String> out =
        home.post("/console/logout", "csrf=" + csrf(cookie), "Cookie", cookie);
    assertThat(out.statusCode()).isEqualTo(303);
    assertThat(home.get("/console/ledger", "Cookie", cookie).statusCode()).isEqualTo(403);
  }
}
