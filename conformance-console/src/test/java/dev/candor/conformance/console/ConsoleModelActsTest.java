package dev.candor.conformance.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.access.ApiKeys;
import dev.candor.governance.access.Role;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model is rated, reviewed and approved on its page, each by whom the inventory allows. */
@SuppressWarnings("NullAway.Init") // JUnit sets them.
class ConsoleModelActsTest {

  private static final String PAGE = "/console/models/" + ConsoleHome.MODEL;
  private static final String REVIEW = "outcome=accepted&summary=it+does+what+it+should";
  private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"");

  private @TempDir Path folder;
  private ConsoleHome home;

  @BeforeEach
  void start() {
    home = new ConsoleHome(folder);
    var unused = GovernedModel.bringToReview(home.governance());
  }

  @AfterEach
  void stop() {
    home.close();
  }

  private String signIn(String name, Role role) {
    ApiKeys.Created key = home.key(name, role);
    HttpResponse<String> response =
        home.post("/console/login", "key=" + URLEncoder.encode(key.key(), StandardCharsets.UTF_8));
    String cookie = response.headers().firstValue("Set-Cookie").orElseThrow();
    return cookie.substring(0, cookie.indexOf(';'));
  }

  private HttpResponse<String> act(String cookie, String act, String form) {
    Matcher secret = CSRF.matcher(home.get("/console", "Cookie", cookie).body());
    assertThat(secret.find()).isTrue();
    return home.post(PAGE + "/" + act, form + "&csrf=" + secret.group(1), "Cookie", cookie);
  }

  @Test
  void eachStepIsTakenByAnother() {
    String rita = signIn("rita", Role.OPERATE);
    String anton = signIn("anton", Role.GOVERN);
    String page = home.get(PAGE, "Cookie", rita).body();
    assertThat(page).contains(PAGE + "/rate", PAGE + "/review", PAGE + "/approve");
    assertThat(act(rita, "rate", "answer-importance=low&answer-size=low").statusCode())
        .isEqualTo(303);
    assertThat(act(anton, "approve", "purposes=assistance").statusCode()).isEqualTo(409);
    assertThat(act(rita, "review", REVIEW).statusCode()).isEqualTo(303);
    assertThat(
            act(anton, "approve", "purposes=assistance,+triage&tokens=200&until=2020-01-01")
                .statusCode())
        .isEqualTo(400);
    HttpResponse<String> approved =
        act(anton, "approve", "purposes=assistance,+triage&tokens=200&conditions=a+person+looks");
    assertThat(approved.statusCode()).as(approved.body()).isEqualTo(303);
    assertThat(home.get(PAGE, "Cookie", anton).body())
        .contains("review accepted", "by rita", "approved as", "by anton", "a person looks")
        .contains("for assistance, triage alone");
  }

  @Test
  void whoHasDevelopedItReviewsNothingAndAnAuditorSeesNoForm() {
    String dora = signIn("dora", Role.OPERATE);
    HttpResponse<String> refused = act(dora, "review", REVIEW);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("four-eyes");
    String auditor = signIn("otto", Role.AUDIT);
    assertThat(home.get(PAGE, "Cookie", auditor).body())
        .doesNotContain(PAGE + "/rate", PAGE + "/review", PAGE + "/approve");
    for (String act : new String[] {"rate", "review", "approve"}) {
      assertThat(act(auditor, act, REVIEW).statusCode()).as(act).isEqualTo(403);
    }
    assertThat(home.count("model-reviewed")).isZero();
    assertThat(home.post(PAGE + "/review", REVIEW, "Cookie", dora).statusCode()).isEqualTo(403);
  }
}
