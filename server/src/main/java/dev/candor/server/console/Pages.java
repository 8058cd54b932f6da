package dev.candor.server.console;

import dev.candor.server.HttpProblem;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes pages of templates, which are compiled with the program and escape what they are given by
 * where it stands. Safe for use by many threads.
 */
final class Pages {

  /** Where the build puts what it makes of templates. */
  private static final String PACKAGE = "dev.candor.server.console.templates";

  /**
   * Nothing from elsewhere, no script or style in a page: were a text not escaped, it still could
   * not act (CSP 3).
   */
  static final String POLICY =
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
          + " object-src 'none'";

  private static final String THEME_COOKIE = "candor-theme";

  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(
          Path.of(""), ContentType.Html, Pages.class.getClassLoader(), PACKAGE);

  /** The text of a template. */
  String text(String template, Map<String, Object> values) {
    StringOutput out = new StringOutput();
    templates.render(template + ".jte", values, out);
    return out.toString();
  }

  /** Sends a page, or a part of one. */
  void send(ServerResponse response, int status, String template, Map<String, Object> values) {
    byte[] body = text(template, values).getBytes(StandardCharsets.UTF_8);
    guard(response);
    response
        .status(status)
        .header("Content-Type", "text/html; charset=utf-8")
        .header("Cache-Control", "no-store")
        .send(body);
  }

  /** Sets the headers that keep others out of a page. */
  static void guard(ServerResponse response) {
    response
        .header("Content-Security-Policy", POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "same-origin")
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Cross-Origin-Resource-Policy", "same-origin");
  }

  /** Tells a problem: as a part where a script asked, as a page otherwise. */
  void tell(
      ServerRequest request,
      ServerResponse response,
      HttpProblem problem,
      Optional<ConsoleSession> session) {
    problem.headers().forEach((name, value) -> response.header(name, value));
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("code", problem.code());
    values.put("message", String.valueOf(problem.getMessage()));
    if (request.headers().contains(HeaderNames.create("HX-Request"))) {
      // Scripts put in what they get only where it went well; what went wrong is put in too.
      send(response, 200, "problemPart", values);
      return;
    }
    values.put(
        "frame",
        session
            .map(it -> new Visit(request, response, it, this).frame("Not done", ""))
            .orElseGet(() -> nobody("Not done", request)));
    send(response, problem.status(), "problem", values);
  }

  /** What is around a page for nobody. */
  static Frame nobody(String title, ServerRequest request) {
    return new Frame(title, "", Optional.empty(), theme(request), List.of());
  }

  /** The theme that a browser was set to. */
  static String theme(ServerRequest request) {
    return request
        .headers()
        .cookies()
        .first(THEME_COOKIE)
        .asOptional()
        .filter(it -> it.equals("light") || it.equals("dark"))
        .orElse("auto");
  }
}
