package dev.candor.server.console;

import dev.candor.server.HttpProblem;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The pages of the console, and who gets to them. Safe for use by many threads. */
public final class Console {

  private static final String LOGIN = "/console/login";

  private final Pages pages = new Pages();
  private final Assets assets = new Assets();
  private final ConsoleAccess access;
  private final ConsoleParts parts;

  /** Shows something to somebody. */
  @FunctionalInterface
  private interface Page {
    void show(Visit visit);
  }

  /** Changes something for somebody, as a form says. */
  @FunctionalInterface
  private interface Change {
    void make(Visit visit, FormFields form);
  }

  /**
   * @param loopback whether only this machine can connect
   * @param localUser what entries call who asks from this machine without a key
   */
  public Console(ConsoleParts parts, boolean loopback, String localUser) {
    this.parts = parts;
    this.access =
        new ConsoleAccess(
            new ConsoleSessions(parts.keys(), parts.governance().clock()),
            parts.keys(),
            loopback,
            localUser);
  }

  /** The path by which whoever started the server gets in with all roles. */
  public String linkPath() {
    return "/console/enter/" + access.link();
  }

  /** Adds its pages. */
  public void routes(HttpRouting.Builder routing) {
    routing
        .get("/console/assets/{name}", assets::send)
        .get(LOGIN, this::loginPage)
        .post(LOGIN, this::signIn)
        .get("/console/enter/{link}", this::enter)
        .post("/console/logout", change((visit, _) -> signOut(visit)));
    OverviewPages overview = new OverviewPages(parts);
    routing
        .get("/console", page(overview::show))
        .get("/console/live", page(overview::showFigures))
        .get("/console/live.json", page(overview::sendSamples));
    TryPages tries = new TryPages(parts);
    routing
        .get("/console/try", page(tries::show))
        .post("/console/try", change(tries::begin))
        .get("/console/try/{run}", page(tries::stream))
        .post("/console/try/{run}/stop", change((visit, _) -> tries.stop(visit)));
    DecisionPages decisions = new DecisionPages(parts);
    routing
        .get("/console/decisions", page(decisions::list))
        .get("/console/decisions/{id}", page(decisions::show))
        .get("/console/decisions/{id}/{proof}", page(decisions::proof))
        .post("/console/decisions/{id}/explain", change(decisions::explain))
        .post("/console/decisions/{id}/stop", change(decisions::stop))
        .post("/console/decisions/{id}/override", change(decisions::override));
    ModelPages models = new ModelPages(parts);
    routing
        .get("/console/models", page(models::list))
        .get("/console/models/{id}", page(models::show))
        .post("/console/models/{id}/rate", change(models.acts()::rate))
        .post("/console/models/{id}/review", change(models.acts()::review))
        .post("/console/models/{id}/approve", change(models.acts()::approve))
        .get("/console/documents/{digest}", page(models::document));
    routing.get("/console/fairness", page(new FairnessPages(parts.governance())::show));
    ControlPages controls = new ControlPages(parts.governance());
    routing
        .get("/console/controls", page(controls::list))
        .get("/console/controls/{id}", page(controls::show));
    ReportPages reports = new ReportPages(parts.governance());
    routing
        .get("/console/reports", page(reports::list))
        .post("/console/reports", change(reports::issue))
        .get("/console/reports/{folder}/{file}", page(reports::file));
    LedgerPages ledger = new LedgerPages(parts.governance());
    routing
        .get("/console/ledger", page(ledger::show))
        .post("/console/ledger/verify", change((visit, _) -> ledger.verify(visit)));
    KeyPages keys = new KeyPages(parts, access.sessions());
    routing
        .get("/console/keys", page(keys::show))
        .post("/console/keys", change(keys::create))
        .post("/console/keys/{id}/revoke", change((visit, _) -> keys.revoke(visit)))
        .post("/console/sessions/{id}/end", change((visit, _) -> keys.endSession(visit)));
  }

  private Handler page(Page page) {
    return (request, response) -> {
      Optional<ConsoleSession> session = access.findOrOpen(request, response);
      if (session.isEmpty()) {
        sendToLogin(request, response);
        return;
      }
      page.show(new Visit(request, response, session.get(), pages));
    };
  }

  private Handler change(Change change) {
    return (request, response) -> {
      Optional<ConsoleSession> session = access.find(request);
      if (session.isEmpty()) {
        sendToLogin(request, response);
        return;
      }
      FormFields form = FormFields.read(request);
      ConsoleAccess.requireMeant(request, session.get(), form);
      change.make(new Visit(request, response, session.get(), pages), form);
    };
  }

  private static void sendToLogin(ServerRequest request, ServerResponse response) {
    if (request.headers().contains(HeaderNames.create("HX-Request"))) {
      response.status(401).header("HX-Redirect", LOGIN).send();
    } else if (request.prologue().method().equals(Method.GET)) {
      response.status(303).header("Location", LOGIN).send();
    } else {
      throw HttpProblem.of(401, "signed_out", "The session has ended. Sign in again.");
    }
  }

  private void loginPage(ServerRequest request, ServerResponse response) {
    if (access.findOrOpen(request, response).isPresent()) {
      response.status(303).header("Location", "/console").send();
      return;
    }
    login(request, response, 200, "");
  }

  private void login(ServerRequest request, ServerResponse response, int status, String problem) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("frame", Pages.nobody("Sign in", request));
    values.put("problem", problem);
    pages.send(response, status, "login", values);
  }

  private void signIn(ServerRequest request, ServerResponse response) {
    FormFields form = FormFields.read(request);
    try {
      access.signIn(request, response, form.required("key"));
    } catch (HttpProblem refused) {
      login(request, response, refused.status(), String.valueOf(refused.getMessage()));
      return;
    }
    response.status(303).header("Location", "/console").send();
  }

  private void enter(ServerRequest request, ServerResponse response) {
    access.signInByLink(request, response, request.path().pathParameters().get("link"));
    response
        .status(303)
        .header("Location", "/console")
        .header("Referrer-Policy", "no-referrer")
        .header("Cache-Control", "no-store")
        .send();
  }

  private void signOut(Visit visit) {
    access.signOut(visit.request(), visit.response());
    visit.response().status(303).header("Location", LOGIN).send();
  }

  /** Tells a problem of a request to the console. */
  public void tell(ServerRequest request, ServerResponse response, HttpProblem problem) {
    pages.tell(request, response, problem, access.find(request));
  }
}
